import type { PictureErrorCode, Warning } from "../../presentation/report.generated";

/** A file that gets no verdict; the reason goes on after "the PNG picture". */
export class Refused extends Error {
  constructor(
    readonly reason: string,
    readonly code: PictureErrorCode = "unreadable_picture",
  ) {
    super(reason);
    this.name = "Refused";
  }
}

export function cutOff(): Refused {
  return new Refused("is cut off");
}

/** A sound file that one of the browsers does not show, or that they show each in its own way. */
export function unsupported(what: string): Refused {
  return new Refused(what, "unsupported_format");
}

/** The pixels that a browser gave for `Stored.file`: rows of RGBA. */
export interface Decoded {
  width: number;
  height: number;
  rgba: Uint8ClampedArray;
}

/** A picture that may be decoded. */
export interface Stored {
  /** In pixels, before the orientation is applied. */
  width: number;
  height: number;
  /** The same picture for the browser, without what browsers read each in its own way. */
  file: Uint8Array<ArrayBuffer>;
  /** Whether the browser turns the picture upright, because the container itself says how. */
  turnedByBrowser?: boolean;
  /** As in EXIF, 1 to 8. */
  orientation: number;
  /** Where the file's picture, if it is smaller, lies in the transparent area that an animation plays in. */
  place?: { left: number; top: number };
  /** What takes as long as decoding does: for damage that a browser would paint over. Throws Refused. */
  check?: () => void;
  /** Looks at the decoded pixels for damage that leaves a picture nevertheless. */
  inspect?: (decoded: Decoded) => Warning[];
}

export function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** One character for each byte. */
export function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

export function ascii(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    if (bytes[at + i] !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** Where a word stands in the bytes, or -1. */
export function find(bytes: Uint8Array, word: string): number {
  const first = word.charCodeAt(0);
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (ascii(bytes, at, word)) return at;
  }
  return -1;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
