import { decoded, number, startsWith, type Metadata } from "./fields";
import { EXIF_TAGS, LIMITS } from "./table";

const EXIF_DIRECTORY = 0x8769;
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };

const CHARSETS = ["ASCII\0\0\0", "JIS\0\0\0\0\0", "\0\0\0\0\0\0\0\0"];

function zeros(data: Uint8Array, from: number): number {
  return data.filter((byte, at) => byte === 0 && at % 2 === from).length;
}

function text(name: string, kind: number, value: Uint8Array, little: boolean): string {
  if (kind === 3 || kind === 4) return String(number(value, 0, SIZES[kind], little));
  if (kind === 5) return `${number(value, 0, 4, little)}/${number(value, 4, 4, little)}`;
  if (name.startsWith("XP")) return decoded(value, "utf-16le");
  if (name !== "UserComment") return decoded(value);
  const comment = value.subarray(8);
  if (!startsWith(value, "UNICODE\0"))
    return decoded(CHARSETS.some((charset) => startsWith(value, charset)) ? comment : value);
  // Writers differ in the order of bytes, whatever the file's own: letters of the Latin script tell.
  return decoded(comment, zeros(comment, 0) > zeros(comment, 1) ? "utf-16be" : "utf-16le");
}

/** Adds the tags of a TIFF structure; what lies outside it is left out. */
export function readExif(tiff: Uint8Array, found: Metadata): void {
  const little = startsWith(tiff, "II*\0");
  if (!little && !startsWith(tiff, "MM\0*")) return;
  const directories = [number(tiff, 4, 4, little)];
  for (const directory of directories) {
    const entries = Math.min(number(tiff, directory, 2, little), LIMITS.exif_entries);
    for (let entry = 0; entry < entries; entry++) {
      const at = directory + 2 + 12 * entry;
      if (at + 12 > tiff.length) break;
      const tag = number(tiff, at, 2, little);
      const kind = number(tiff, at + 2, 2, little);
      const count = number(tiff, at + 4, 4, little);
      if (tag === EXIF_DIRECTORY && directories.length === 1) directories.push(number(tiff, at + 8, 4, little));
      const name = EXIF_TAGS[tag];
      if (name === undefined || SIZES[kind] === undefined) continue;
      const size = count * SIZES[kind];
      const start = size <= 4 ? at + 8 : number(tiff, at + 8, 4, little);
      if (size > 0 && start + size <= tiff.length) {
        found.add(`exif:${name}`, text(name, kind, tiff.subarray(start, start + size), little));
      }
    }
  }
}
