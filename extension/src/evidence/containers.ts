import { readExif } from "./exif";
import { decoded, latin1, Metadata, number, startsWith, strip, utf8OrLatin1 } from "./fields";
import { readImageResources } from "./iptc";
import { LIMITS } from "./table";
import { readXmp } from "./xmp";

// Sizes and offsets are only believed as far as the file reaches, and only so many blocks are looked at.

const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_XMP = "http://ns.adobe.com/xmp/extension/\0";
// A GUID, the whole's length and this part's offset go before each part of an extended packet.
const EXTENDED_XMP_HEAD = EXTENDED_XMP.length + 40;
const C2PA_BOX = "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
const XMP_BOX = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
const NOTHING = new Uint8Array();
const TEXTS = new Set(["tEXt", "zTXt", "iTXt"]);

function limited(data: Uint8Array, start: number, end: number): Uint8Array {
  return data.subarray(start, Math.min(end, start + LIMITS.block_bytes));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function readExifBlock(data: Uint8Array, found: Metadata): void {
  // Some writers keep the marker that only JPEG needs.
  readExif(startsWith(data, EXIF) ? data.subarray(EXIF.length) : data, found);
}

function readJpeg(data: Uint8Array, found: Metadata): void {
  const extended: Uint8Array[] = [];
  let extendedBytes = 0;
  let at = 2;
  for (let left = LIMITS.blocks; left > 0 && at + 4 <= data.length && data[at] === 0xff; left--) {
    const marker = data[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const size = number(data, at + 2, 2);
    if (marker === 0xd9 || marker === 0xda || size < 2) break;
    const segment = data.subarray(at + 4, at + 2 + size);
    at += 2 + size;
    if (marker === 0xe1 && startsWith(segment, EXIF)) {
      readExif(segment.subarray(EXIF.length), found);
    } else if (marker === 0xe1 && startsWith(segment, XMP)) {
      readXmp(segment.subarray(XMP.length), found);
    } else if (marker === 0xe1 && startsWith(segment, EXTENDED_XMP) && extendedBytes < LIMITS.xmp_bytes) {
      extended.push(segment.subarray(EXTENDED_XMP_HEAD));
      extendedBytes += segment.subarray(EXTENDED_XMP_HEAD).length;
    } else if (marker === 0xeb && startsWith(segment, "JP") && latin1(segment.subarray(0, 64)).includes("c2pa")) {
      found.hasManifest = true;
    } else if (marker === 0xed && startsWith(segment, "Photoshop 3.0\0")) {
      readImageResources(segment.subarray(14), found);
    } else if (marker === 0xfe) {
      found.add("comment:comment", utf8OrLatin1(segment));
    }
  }
  if (extendedBytes > 0) readXmp(joined(extended), found);
}

/** Inflates texts, all of them together up to a limit; one that is damaged gives nothing. */
class Inflater {
  private left = LIMITS.inflated_bytes;

  async inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const wanted = Math.min(this.left, LIMITS.xmp_bytes);
    if (wanted === 0) return NOTHING;
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      while (length < wanted) {
        const { done, value } = await reader.read();
        if (done) break;
        parts.push(value);
        length += value.length;
      }
    } catch {
      return NOTHING;
    } finally {
      await reader.cancel().catch(() => undefined);
    }
    const text = joined(parts).subarray(0, wanted);
    this.left -= text.length;
    return text;
  }
}

function hex(text: string): Uint8Array | null {
  const digits = text.replace(/[ \t\r\n\v\f]/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) return null;
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** Metadata as ImageMagick writes it: a line with its kind, one with its length, then lines of hex digits. */
function readRawProfile(kind: string, raw: Uint8Array, found: Metadata): void {
  const text = strip(decoded(raw, "utf-8", raw.length), " \t\r\n\v\f");
  const afterKind = text.indexOf("\n") + 1;
  const afterLength = text.indexOf("\n", afterKind) + 1;
  const profile = afterKind > 0 && afterLength > 0 ? hex(text.slice(afterLength)) : null;
  if (!profile) return;
  if ((kind === "exif" || kind === "app1") && startsWith(profile, EXIF)) readExif(profile.subarray(EXIF.length), found);
  else if (kind === "app1" && startsWith(profile, XMP)) readXmp(profile.subarray(XMP.length), found);
  else if (kind === "xmp") readXmp(profile, found);
  else if (kind === "iptc" || kind === "8bim") readImageResources(profile, found);
}

function readText(keyword: string, raw: Uint8Array, text: string, found: Metadata): void {
  const profile = "Raw profile type ";
  if (keyword === "XML:com.adobe.xmp") readXmp(raw, found);
  else if (keyword.startsWith(profile)) readRawProfile(strip(keyword.slice(profile.length)).toLowerCase(), raw, found);
  else found.add(`png:${keyword}`, text);
}

/** What stands before the first null, and what stands behind it; null where there is none. */
function atNull(data: Uint8Array<ArrayBuffer>): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] | null {
  const at = data.indexOf(0);
  return at < 0 ? null : [data.subarray(0, at), data.subarray(at + 1)];
}

async function readInternationalText(
  keyword: string,
  rest: Uint8Array<ArrayBuffer>,
  inflater: Inflater,
  found: Metadata,
): Promise<void> {
  const afterLanguage = atNull(rest.subarray(2))?.[1];
  const packed = afterLanguage && atNull(afterLanguage)?.[1];
  if (!packed) return;
  const text = rest[0] ? await inflater.inflate(packed) : packed;
  readText(keyword, text, decoded(text), found);
}

async function readPng(data: Uint8Array<ArrayBuffer>, found: Metadata): Promise<void> {
  const inflater = new Inflater();
  let at = 8;
  for (let left = LIMITS.blocks; left > 0 && at + 8 <= data.length; left--) {
    const size = number(data, at, 4);
    const kind = latin1(data.subarray(at + 4, at + 8));
    const chunk = data.subarray(at + 8, at + 8 + Math.min(size, LIMITS.block_bytes));
    at += 12 + size;
    if (kind === "IEND") return;
    if (kind === "eXIf") readExifBlock(chunk, found);
    else if (kind === "caBX") found.hasManifest = true;
    const parts = TEXTS.has(kind) && atNull(chunk);
    if (!parts) continue;
    const [keyword, rest] = [latin1(parts[0]), parts[1]];
    if (kind === "tEXt") {
      readText(keyword, rest, latin1(rest), found);
    } else if (kind === "zTXt" && rest[0] === 0) {
      const text = await inflater.inflate(rest.subarray(1));
      readText(keyword, text, latin1(text), found);
    } else if (kind === "iTXt" && rest.length > 2) {
      await readInternationalText(keyword, rest, inflater, found);
    }
  }
}

function readWebp(data: Uint8Array, found: Metadata): void {
  let at = 12;
  for (let left = LIMITS.blocks; left > 0 && at + 8 <= data.length; left--) {
    const size = number(data, at + 4, 4, true);
    const kind = latin1(data.subarray(at, at + 4));
    const chunk = limited(data, at + 8, at + 8 + size);
    at += 8 + size + (size % 2);
    if (kind === "EXIF") readExifBlock(chunk, found);
    else if (kind === "XMP ") readXmp(chunk, found);
    else if (kind === "C2PA") found.hasManifest = true;
  }
}

function subBlocks(blocks: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < blocks.length && blocks[at] > 0; at += 1 + blocks[at])
    parts.push(blocks.subarray(at + 1, at + 1 + blocks[at]));
  return joined(parts);
}

function readGifExtension(label: number, blocks: Uint8Array, found: Metadata): void {
  if (label === 0xfe) found.add("comment:comment", utf8OrLatin1(subBlocks(blocks)));
  // The packet is not cut into sub-blocks: its own bytes pass for their sizes.
  else if (label === 0xff && startsWith(blocks, "XMP DataXMP", 1)) readXmp(blocks.subarray(12), found);
  else if (label === 0xff && startsWith(blocks, "C2PA_GIF", 1)) found.hasManifest = true;
}

function readGif(data: Uint8Array, found: Metadata): void {
  let left = LIMITS.blocks;
  const colourTable = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const endOfSubBlocks = (start: number): number => {
    let at = start;
    for (; at < data.length && data[at] > 0 && left > 0; left--) at += 1 + data[at];
    return at + 1;
  };
  let at = 13 + (data.length > 10 ? colourTable(data[10]) : 0);
  while (at + 2 <= data.length && left > 0) {
    left -= 1;
    let end: number;
    if (data[at] === 0x21) {
      end = endOfSubBlocks(at + 2);
      readGifExtension(data[at + 1], limited(data, at + 2, end), found);
    } else if (data[at] === 0x2c && at + 10 < data.length) {
      end = endOfSubBlocks(at + 11 + colourTable(data[at + 9]));
    } else {
      return;
    }
    at = end;
  }
}

interface Box {
  kind: string;
  start: number;
  end: number;
}

function boxes(data: Uint8Array, from: number, end: number, most: number): Box[] {
  const found: Box[] = [];
  let at = from;
  while (at + 8 <= end && found.length < most) {
    let size = number(data, at, 4);
    let head = 8;
    if (size === 1) {
      size = number(data, at + 8, 8);
      head = 16;
    } else if (size === 0) {
      size = end - at;
    }
    if (size < head) break;
    found.push({ kind: latin1(data.subarray(at + 4, at + 8)), start: at + head, end: Math.min(at + size, end) });
    at += size;
  }
  return found;
}

function itemKinds(data: Uint8Array, { start, end }: Box): Map<number, "Exif" | "XMP"> {
  const kinds = new Map<number, "Exif" | "XMP">();
  for (const box of boxes(data, start + (data[start] === 0 ? 6 : 8), end, LIMITS.boxed_items)) {
    const entry = data.subarray(box.start, Math.min(box.end, box.start + 256));
    if (box.kind !== "infe" || entry.length < 12 || (entry[0] !== 2 && entry[0] !== 3)) continue;
    const wide = entry[0] === 3;
    const item = number(entry, 4, wide ? 4 : 2);
    const rest = latin1(entry.subarray(wide ? 10 : 8));
    if (rest.startsWith("Exif")) kinds.set(item, "Exif");
    else if (rest.startsWith("mime") && `${rest.slice(4)}\0`.includes("\0application/rdf+xml\0"))
      kinds.set(item, "XMP");
  }
  return kinds;
}

interface ItemPlace {
  method: number;
  offset: number;
  size: number;
}

/** Where each item lies that lies in one piece. */
function itemPlaces(box: Uint8Array): Map<number, ItemPlace> {
  const places = new Map<number, ItemPlace>();
  if (box.length < 8 || box[0] > 2) return places;
  const version = box[0];
  const [offsetBytes, sizeBytes, baseBytes] = [box[4] >> 4, box[4] & 15, box[5] >> 4];
  const indexBytes = version > 0 ? box[5] & 15 : 0;
  const wide = version === 2 ? 4 : 2;
  let at = 6;
  const next = (size: number): number => {
    at += size;
    return number(box, at - size, size);
  };
  for (let left = Math.min(next(wide), LIMITS.boxed_items); left > 0; left--) {
    const item = next(wide);
    const method = version > 0 ? next(2) & 15 : 0;
    next(2);
    const base = next(baseBytes);
    const pieces = next(2);
    if (pieces !== 1 || at + indexBytes + offsetBytes + sizeBytes > box.length) break;
    next(indexBytes);
    const offset = base + next(offsetBytes);
    places.set(item, { method, offset, size: next(sizeBytes) });
  }
  return places;
}

/** The items of a `meta` box (ISO/IEC 14496-12, 8.11) that are EXIF or XMP. */
function readItems(data: Uint8Array, start: number, end: number, found: Metadata): void {
  let kinds = new Map<number, "Exif" | "XMP">();
  let places = new Map<number, ItemPlace>();
  let stored = 0;
  for (const box of boxes(data, start, end, LIMITS.blocks)) {
    if (box.kind === "iinf") kinds = itemKinds(data, box);
    else if (box.kind === "iloc") places = itemPlaces(limited(data, box.start, box.end));
    else if (box.kind === "idat") stored = box.start;
  }
  for (const [item, kind] of kinds) {
    const place = places.get(item);
    if (!place) continue;
    const offset = place.offset + (place.method === 1 ? stored : 0);
    const content = limited(data, offset, place.size > 0 ? offset + place.size : data.length);
    // Four bytes say how far the TIFF header lies behind them.
    if (kind === "Exif") readExifBlock(content.subarray(4 + number(content, 0, 4)), found);
    else readXmp(content, found);
  }
}

function readBoxes(data: Uint8Array, found: Metadata): void {
  for (const { kind, start, end } of boxes(data, 0, data.length, LIMITS.blocks)) {
    if (kind === "uuid" && startsWith(data, C2PA_BOX, start)) found.hasManifest = true;
    else if (kind === "uuid" && startsWith(data, XMP_BOX, start)) readXmp(limited(data, start + 16, end), found);
    else if (kind === "meta") readItems(data, start + 4, end, found);
  }
}

/** All metadata of a picture file; of a file in another format, or damaged, what can be read. */
export async function readMetadata(data: Uint8Array<ArrayBuffer>): Promise<Metadata> {
  const found = new Metadata();
  if (startsWith(data, "\xff\xd8")) readJpeg(data, found);
  else if (startsWith(data, "\x89PNG\r\n\x1a\n")) await readPng(data, found);
  else if (startsWith(data, "RIFF") && startsWith(data, "WEBP", 8)) readWebp(data, found);
  else if (startsWith(data, "GIF87a") || startsWith(data, "GIF89a")) readGif(data, found);
  else if (startsWith(data, "ftyp", 4)) readBoxes(data, found);
  return found;
}
