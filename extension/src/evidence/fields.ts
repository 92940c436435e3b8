import { LIMITS } from "./table";

const STRIPPED = "\0 \t\r\n";

/** Not a regular expression: on a long run of blanks one would take for ever. */
export function strip(text: string, characters = STRIPPED): string {
  let start = 0;
  let end = text.length;
  while (start < end && characters.includes(text[start])) start += 1;
  while (end > start && characters.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

/** What a picture's metadata says: texts by place and name, such as `exif:Software` or `png:parameters`. */
export class Metadata {
  readonly texts = new Map<string, string[]>();
  hasManifest = false;
  private room = LIMITS.fields;

  /** Texts beyond the limit are dropped. */
  add(name: string, value: string): void {
    const text = strip(value);
    if (!text || this.room === 0) return;
    this.room -= 1;
    this.texts.set(name, [...(this.texts.get(name) ?? []), text]);
  }

  values(names: readonly string[]): string[] {
    return names.flatMap((name) => this.texts.get(name) ?? []);
  }

  first(name: string): string {
    return this.texts.get(name)?.[0] ?? "";
  }
}

/** An unsigned number; of one that the data ends in, what there is of it. */
export function number(data: Uint8Array, at: number, size: number, little = false): number {
  const bytes = data.subarray(at, at + size);
  return (little ? bytes.toReversed() : bytes).reduce((value, byte) => value * 256 + byte, 0);
}

export function startsWith(data: Uint8Array, text: string, at = 0): boolean {
  for (let i = 0; i < text.length; i++) {
    if (data[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

export function latin1(data: Uint8Array): string {
  const text: string[] = [];
  for (const byte of data.subarray(0, LIMITS.field_bytes)) text.push(String.fromCharCode(byte));
  return text.join("");
}

export function decoded(data: Uint8Array, encoding = "utf-8", most = LIMITS.field_bytes): string {
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(data.subarray(0, most));
}

/** For texts whose encoding nobody states. */
export function utf8OrLatin1(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(data.subarray(0, LIMITS.field_bytes));
  } catch {
    return latin1(data);
  }
}
