import type { PictureFormat } from "../manifest";
import { isAvif, readAvif } from "./avif";
import { isBmp, readBmp } from "./bmp";
import { isGif, readGif } from "./gif";
import { isJpeg, readJpeg } from "./jpeg";
import { isPng, readPng } from "./png";
import type { Stored } from "./stored";
import { isWebp, readWebp } from "./webp";

interface Format {
  type: string;
  is: (bytes: Uint8Array) => boolean;
  read: (bytes: Uint8Array) => Stored;
}

/** Picture files as browsers show them; the rule is written down in docs/pictures.md, and once more in Python. */
const FORMATS: Record<PictureFormat, Format> = {
  JPEG: { type: "image/jpeg", is: isJpeg, read: readJpeg },
  PNG: { type: "image/png", is: isPng, read: readPng },
  GIF: { type: "image/gif", is: isGif, read: readGif },
  WEBP: { type: "image/webp", is: isWebp, read: readWebp },
  BMP: { type: "image/bmp", is: isBmp, read: readBmp },
  AVIF: { type: "image/avif", is: isAvif, read: readAvif },
};

/** The format by content; names and declared types are often wrong. */
export function sniff(bytes: Uint8Array): PictureFormat | null {
  return (Object.keys(FORMATS) as PictureFormat[]).find((format) => FORMATS[format].is(bytes)) ?? null;
}

export function mediaType(bytes: Uint8Array): string {
  const format = sniff(bytes);
  return format ? FORMATS[format].type : "application/octet-stream";
}

/** Looks through a file of this format without decoding it; throws Refused. */
export function readStored(format: PictureFormat, bytes: Uint8Array): Stored {
  return FORMATS[format].read(bytes);
}
