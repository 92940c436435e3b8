// The largest run of arguments that every engine takes in one call.
const CHUNK = 0x8000;

export function toDataUrl(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return `data:;base64,${btoa(text)}`;
}

export async function fromDataUrl(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
