/** Puts text on the clipboard; tells whether that went well. To be called straight from a click. */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages without a secure connection, or whose policy forbids it, leave the old way only.
    const field = document.createElement("textarea");
    field.value = text;
    near.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}
