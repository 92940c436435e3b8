import type { Warning } from "../presentation/report.generated";
import { PictureError } from "../shared/picture-error";
import { readStored, sniff } from "./formats";
import { Refused, type Decoded, type Stored } from "./formats/stored";
import type { PictureFormat, PictureLimits } from "./manifest";
import { upright } from "./orientation";
import type { Pixels } from "./pixels";

export interface Picture extends Pixels {
  format: PictureFormat;
  /** Damage that left a picture nevertheless. */
  warnings: Warning[];
}

/** Colours as a screen shows them, in sRGB; transparency stays apart, to be laid over white by our own rule. */
const AS_SHOWN: ImageBitmapOptions = { colorSpaceConversion: "default", premultiplyAlpha: "none" };

function readBack(bitmap: ImageBitmap): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser gives no canvas to read pixels from");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  // Its pixels go at once: those of a large picture are a hundred megabytes, which the collector of garbage does not see.
  canvas.width = canvas.height = 0;
  return data;
}

function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false;
  return true;
}

/**
 * Colours beside transparency as the file has them: a canvas keeps them multiplied, in eight bits, and Firefox's rounds
 * down. Writes over what a canvas gave for the same bitmap, and leaves that where a browser gives no better.
 */
async function readUnmultiplied(bitmap: ImageBitmap, rgba: Uint8ClampedArray): Promise<void> {
  if (typeof VideoFrame === "undefined") return;
  const layout = [{ offset: 0, stride: bitmap.width * 4 }];
  try {
    const frame = new VideoFrame(bitmap, { timestamp: 0, alpha: "keep" });
    try {
      await frame.copyTo(rgba, { format: "RGBA", layout });
    } finally {
      frame.close();
    }
  } catch {
    // Not for every size and every setting against fingerprinting; the canvas's colours stand.
  }
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

/** A frame in the transparent area that its animation plays in. */
function onCanvas(frame: Decoded, { width, height, place }: Stored): Decoded {
  if (!place || (frame.width === width && frame.height === height)) return frame;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < frame.height; row++) {
    const from = row * frame.width * 4;
    rgba.set(frame.rgba.subarray(from, from + frame.width * 4), ((place.top + row) * width + place.left) * 4);
  }
  return { width, height, rgba };
}

function checkedFormat(bytes: Uint8Array, limits: PictureLimits): PictureFormat {
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
  return format;
}

function checkPixels({ width, height }: Stored, limits: PictureLimits): void {
  if (width * height > limits.max_pixels) {
    throw new PictureError(
      "too_many_pixels",
      `the picture has ${width} x ${height} pixels; at most ${limits.max_pixels} are read`,
    );
  }
}

async function decodeInBrowser({ file, turnedByBrowser }: Stored): Promise<Decoded> {
  let bitmap: ImageBitmap;
  try {
    const imageOrientation: ImageOrientation = turnedByBrowser ? "from-image" : "none";
    bitmap = await createImageBitmap(new Blob([file]), { ...AS_SHOWN, imageOrientation });
  } catch {
    throw new Refused("is damaged or cut off");
  }
  try {
    const rgba = readBack(bitmap);
    if (!isOpaque(rgba)) await readUnmultiplied(bitmap, rgba);
    return { width: bitmap.width, height: bitmap.height, rgba };
  } finally {
    bitmap.close();
  }
}

/** Throws PictureError for a picture that cannot be judged. */
export async function decode(bytes: Uint8Array<ArrayBuffer>, limits: PictureLimits): Promise<Picture> {
  const format = checkedFormat(bytes, limits);
  try {
    const stored = readStored(format, bytes);
    checkPixels(stored, limits);
    stored.check?.();
    const decoded = await decodeInBrowser(stored);
    const warnings = stored.inspect?.(decoded) ?? [];
    const { width, height, rgba } = onCanvas(decoded, stored);
    return { format, warnings, ...upright(overWhite(rgba, width, height), stored.orientation) };
  } catch (error) {
    if (error instanceof Refused) throw new PictureError(error.code, `the ${format} picture ${error.reason}`);
    throw error;
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
  const bitmap = await createImageBitmap(known, AS_SHOWN);
  const seen = readBack(bitmap);
  bitmap.close();
  return known.data.every((value, at) => value === seen[at]);
}
