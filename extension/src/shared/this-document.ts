declare global {
  // Set in the extension's own world, where the page cannot see it.
  var checkThisFaceDocument: string | undefined;
}

/** A name for the document that this runs in: the same for all of the extension's scripts in it, another after a new load. */
export function thisDocument(): string {
  // Pages without a secure connection have no randomUUID.
  globalThis.checkThisFaceDocument ??= [...crypto.getRandomValues(new Uint32Array(4))].join("-");
  return globalThis.checkThisFaceDocument;
}
