import { UPRIGHT } from "./exif";
import { ascii, dataView, find, Refused, text, unsupported, type Stored } from "./stored";

const COLOURS = "colrnclx";
const FULL_RANGE = 0x80;
/** By their numbers in ITU-T H.273. */
const HDR_CURVES = [16, 18];

/** Boxes in the metadata, and why a file that has them is not judged. */
const UNEQUAL = {
  prem: "has colours multiplied by their transparency, which browsers show each in its own way",
  clap: "is cropped by its metadata, which Firefox does not read",
  grid: "is made of tiles, which Firefox does not read",
};

/** The first level's names and contents; of several with one name the first one counts. */
function boxes(bytes: Uint8Array): Map<string, Uint8Array> {
  const data = dataView(bytes);
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at + 8 <= bytes.length;) {
    const short = data.getUint32(at);
    const head = short === 1 ? 16 : 8;
    if (at + head > bytes.length) break;
    const length = short === 1 ? Number(data.getBigUint64(at + 8)) : short;
    const end = short === 0 ? bytes.length : at + length;
    if (end < at + head) break;
    const name = text(bytes, at + 4, 4);
    if (!found.has(name)) found.set(name, bytes.subarray(at + head, end));
    at = end;
  }
  return found;
}

/** The numbers behind the first plain description of colours: primaries, curve, matrix (two bytes each), range. */
function colours(content: Uint8Array): Uint8Array {
  const at = find(content, COLOURS);
  return at < 0 ? new Uint8Array(0) : content.subarray(at + COLOURS.length, at + COLOURS.length + 7);
}

/** Chromium takes every animation's colours for limited range, so only those that are may be judged. */
function checkSequence(moov: Uint8Array): void {
  const numbers = colours(moov);
  if (numbers.length < 7 || numbers[6] & FULL_RANGE) {
    throw unsupported("is an animation in full range, which browsers show each in its own way");
  }
}

/** A file may describe several images (alpha, thumbnails): the largest bounds what decoding may take. */
function largest(meta: Uint8Array): { width: number; height: number } {
  const data = dataView(meta);
  let size = { width: 0, height: 0 };
  for (let at = 0; at + 16 <= meta.length; at++) {
    if (!ascii(meta, at, "ispe")) continue;
    const [width, height] = [data.getUint32(at + 8), data.getUint32(at + 12)];
    if (width * height > size.width * size.height) size = { width, height };
  }
  return size;
}

/** Looks through the metadata; throws Refused. */
export function readAvif(bytes: Uint8Array): Stored {
  const found = boxes(bytes);
  const meta = found.get("meta") ?? new Uint8Array(0);
  for (const [name, reason] of Object.entries(UNEQUAL)) {
    if (find(meta, name) >= 0) throw unsupported(reason);
  }
  if (ascii(bytes, 8, "avis")) checkSequence(found.get("moov") ?? new Uint8Array(0));
  const size = largest(meta);
  if (size.width * size.height === 0) throw new Refused("is damaged: its header cannot be read");
  const numbers = colours(meta);
  if (HDR_CURVES.includes((numbers[2] << 8) | numbers[3])) {
    throw unsupported("has a high dynamic range, which browsers show each in its own way");
  }
  return { ...size, file: bytes.slice(), turnedByBrowser: true, orientation: UPRIGHT };
}

/** HEIC files share the container, and some AVIF files name their brand only among the compatible ones. */
export function isAvif(bytes: Uint8Array): boolean {
  if (!ascii(bytes, 4, "ftyp")) return false;
  const end = Math.min(dataView(bytes).getUint32(0), bytes.length);
  for (let at = 8; at + 4 <= end; at += 4) {
    if (ascii(bytes, at, "avif") || ascii(bytes, at, "avis")) return true;
  }
  return false;
}
