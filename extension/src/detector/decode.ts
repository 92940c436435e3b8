import { PictureError } from "../shared/picture-error";
import { hasEndOfImage, readHeader, sniff } from "./format";
import type { PictureFormat, PictureLimits } from "./manifest";
import { upright, webpOrientation } from "./orientation";
import type { Pixels } from "./pixels";

export interface Picture extends Pixels {
  format: PictureFormat;
}

/** The browser's own scaling and colour management must not touch the pixels that a verdict rests on. */
const UNTOUCHED: ImageBitmapOptions = {
  colorSpaceConversion: "none",
  premultiplyAlpha: "none",
};

function readBack(bitmap: ImageBitmap): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser gives no canvas to read pixels from");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

export function overWhite(rgba: Uint8ClampedArray, width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3];
    const white = 255 * (255 - alpha) + 127;
    data[to] = (rgba[from] * alpha + white) / 255;
    data[to + 1] = (rgba[from + 1] * alpha + white) / 255;
    data[to + 2] = (rgba[from + 2] * alpha + white) / 255;
  }
  return { width, height, data };
}

function checkBeforeDecoding(bytes: Uint8Array, limits: PictureLimits): PictureFormat {
  if (bytes.length === 0) throw new PictureError("empty_picture", "the picture has no bytes");
  if (bytes.length > limits.max_bytes) {
    throw new PictureError(
      "too_many_bytes",
      `the picture has ${bytes.length} bytes; at most ${limits.max_bytes} are read`,
    );
  }
  const format = sniff(bytes);
  if (!format || !limits.formats.includes(format)) {
    throw new PictureError("unsupported_format", `only ${limits.formats.join(", ")} pictures are read`);
  }
  const header = readHeader(format, bytes);
  if (!header) throw new PictureError("unreadable_picture", `the ${format} header is damaged`);
  if (header.width * header.height > limits.max_pixels) {
    throw new PictureError(
      "too_many_pixels",
      `the picture has ${header.width} x ${header.height} pixels; at most ${limits.max_pixels} are read`,
    );
  }
  if (format === "JPEG" && !hasEndOfImage(bytes)) {
    throw new PictureError("unreadable_picture", "the JPEG picture is cut off before its end");
  }
  return format;
}

/** Throws PictureError for a picture that cannot be judged. */
export async function decode(bytes: Uint8Array<ArrayBuffer>, limits: PictureLimits): Promise<Picture> {
  const format = checkBeforeDecoding(bytes, limits);
  let bitmap: ImageBitmap;
  try {
    // WebP is turned here, whatever this browser would do with its metadata.
    const turned: ImageOrientation = format === "WEBP" ? "none" : "from-image";
    bitmap = await createImageBitmap(new Blob([bytes]), { ...UNTOUCHED, imageOrientation: turned });
  } catch {
    throw new PictureError("unreadable_picture", `the ${format} picture is damaged or cut off`);
  }
  try {
    const pixels = overWhite(readBack(bitmap), bitmap.width, bitmap.height);
    return { format, ...upright(pixels, format === "WEBP" ? webpOrientation(bytes) : 1) };
  } finally {
    bitmap.close();
  }
}

// Few enough to cost nothing, enough values for a canvas that adds noise to show it.
const PROBE_SIDE = 16;

/** Browsers that guard against fingerprinting add noise to canvas pixels; a verdict on noise is worth nothing. */
export async function canvasIsTrue(): Promise<boolean> {
  const known = new ImageData(PROBE_SIDE, PROBE_SIDE);
  known.data.forEach((_, at) => {
    known.data[at] = at % 4 === 3 ? 255 : (at * 37) % 256;
  });
  const bitmap = await createImageBitmap(known, UNTOUCHED);
  const seen = readBack(bitmap);
  bitmap.close();
  return known.data.every((value, at) => value === seen[at]);
}
