import type { PictureFormat } from "./manifest";

export interface Header {
  format: PictureFormat;
  /** Pixels as stored, before any orientation is applied. */
  width: number;
  height: number;
}

function ascii(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** The format by content; names and declared types are often wrong. */
export function sniff(bytes: Uint8Array): PictureFormat | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "JPEG";
  if (ascii(bytes, 0, "\x89PNG\r\n\x1a\n")) return "PNG";
  if (ascii(bytes, 0, "GIF87a") || ascii(bytes, 0, "GIF89a")) return "GIF";
  if (ascii(bytes, 0, "RIFF") && ascii(bytes, 8, "WEBP")) return "WEBP";
  if (ascii(bytes, 0, "BM")) return "BMP";
  if (ascii(bytes, 4, "ftyp") && hasAvifBrand(bytes)) return "AVIF";
  return null;
}

/** HEIC files share AVIF's container, and some AVIF files name their brand only among the compatible ones. */
function hasAvifBrand(bytes: Uint8Array): boolean {
  const end = Math.min(view(bytes).getUint32(0), bytes.length);
  for (let at = 8; at + 4 <= end; at += 4) {
    if (ascii(bytes, at, "avif") || ascii(bytes, at, "avis")) return true;
  }
  return false;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type Size = { width: number; height: number };

function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Walks the segments, so that a thumbnail inside the metadata is never taken for the picture. */
function jpegSize(data: DataView): Size | null {
  let at = 2;
  while (at + 9 <= data.byteLength) {
    if (data.getUint8(at) !== 0xff) return null;
    const marker = data.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isStartOfFrame(marker)) return { width: data.getUint16(at + 7), height: data.getUint16(at + 5) };
    at += 2 + data.getUint16(at + 2);
  }
  return null;
}

function webpSize(bytes: Uint8Array, data: DataView): Size | null {
  if (ascii(bytes, 12, "VP8X")) {
    const uint24 = (at: number): number => data.getUint16(at, true) | (data.getUint8(at + 2) << 16);
    return { width: uint24(24) + 1, height: uint24(27) + 1 };
  }
  if (ascii(bytes, 12, "VP8L")) {
    const bits = data.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (ascii(bytes, 12, "VP8 ")) {
    return { width: data.getUint16(26, true) & 0x3fff, height: data.getUint16(28, true) & 0x3fff };
  }
  return null;
}

const OLD_BMP_HEADER = 12;

function bmpSize(data: DataView): Size {
  if (data.getUint32(14, true) === OLD_BMP_HEADER) {
    return { width: data.getUint16(18, true), height: data.getUint16(20, true) };
  }
  // A negative height means that the rows run from the top.
  return { width: Math.abs(data.getInt32(18, true)), height: Math.abs(data.getInt32(22, true)) };
}

// The size properties of an AVIF file lie in its metadata, well before the pixels.
const AVIF_METADATA = 65536;

/** A file may describe several images (tiles, alpha, thumbnails): the largest bounds what decoding may take. */
function avifSize(bytes: Uint8Array, data: DataView): Size | null {
  let largest: Size | null = null;
  const end = Math.min(bytes.length, AVIF_METADATA) - 16;
  for (let at = 0; at <= end; at++) {
    if (!ascii(bytes, at, "ispe")) continue;
    const size = { width: data.getUint32(at + 8), height: data.getUint32(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

function storedSize(format: PictureFormat, bytes: Uint8Array): Size | null {
  const data = view(bytes);
  switch (format) {
    case "JPEG":
      return jpegSize(data);
    case "PNG":
      return { width: data.getUint32(16), height: data.getUint32(20) };
    case "GIF":
      return { width: data.getUint16(6, true), height: data.getUint16(8, true) };
    case "WEBP":
      return webpSize(bytes, data);
    case "BMP":
      return bmpSize(data);
    case "AVIF":
      return avifSize(bytes, data);
  }
}

/** What the header says; null when it is damaged or ends too early. */
export function readHeader(format: PictureFormat, bytes: Uint8Array): Header | null {
  try {
    const size = storedSize(format, bytes);
    return size && size.width > 0 && size.height > 0 ? { format, ...size } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const END_OF_IMAGE = 0xd9;

/** Browsers show the part of a JPEG that has arrived; half a face must not get a verdict. */
export function hasEndOfImage(bytes: Uint8Array): boolean {
  const data = view(bytes);
  let at = 2;
  while (at + 1 < bytes.length) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === 0xff) {
      at += 1;
    } else if (marker === END_OF_IMAGE) {
      return true;
    } else if (marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2; // an escaped byte or a restart marker inside the scan
    } else if (at + 4 > bytes.length) {
      return false;
    } else {
      at += 2 + data.getUint16(at + 2);
    }
  }
  return false;
}

const TYPES: Record<PictureFormat, string> = {
  JPEG: "image/jpeg",
  PNG: "image/png",
  GIF: "image/gif",
  WEBP: "image/webp",
  BMP: "image/bmp",
  AVIF: "image/avif",
};

export function mediaType(bytes: Uint8Array): string {
  const format = sniff(bytes);
  return format ? TYPES[format] : "application/octet-stream";
}
