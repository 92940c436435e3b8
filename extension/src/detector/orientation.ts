import type { Pixels } from "./pixels";

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;
const UPRIGHT = 1;

function tiffOrientation(tiff: DataView): number {
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  const entries = tiff.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * ENTRY_BYTES;
    if (tiff.getUint16(at, little) === ORIENTATION_TAG) return tiff.getUint16(at + 8, little);
  }
  return UPRIGHT;
}

function text(data: DataView, at: number): string {
  return String.fromCharCode(data.getUint8(at), data.getUint8(at + 1), data.getUint8(at + 2), data.getUint8(at + 3));
}

/** The EXIF orientation (1 to 8) of a WebP file. Browsers heed it in JPEG, PNG and AVIF but not in WebP. */
export function webpOrientation(bytes: Uint8Array): number {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    for (let at = 12; at + 8 <= bytes.length;) {
      const size = data.getUint32(at + 4, true);
      if (text(data, at) === "EXIF") {
        // Some writers keep the marker that only JPEG needs.
        const start = at + 8 + (text(data, at + 8) === "Exif" ? 6 : 0);
        const orientation = tiffOrientation(
          new DataView(bytes.buffer, bytes.byteOffset + start, at + 8 + size - start),
        );
        return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
      }
      at += 8 + size + (size % 2);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // damaged metadata says nothing
  }
  return UPRIGHT;
}

/** Turns and mirrors stored pixels so that the picture stands upright. */
export function upright(stored: Pixels, orientation: number): Pixels {
  if (orientation === UPRIGHT) return stored;
  const swapped = orientation >= 5;
  const width = swapped ? stored.height : stored.width;
  const height = swapped ? stored.width : stored.height;
  const data = new Uint8Array(width * height * 3);
  const lastColumn = stored.width - 1;
  const lastRow = stored.height - 1;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = swapped ? y : x;
      const row = swapped ? x : y;
      const from = ((fromBottom ? lastRow - row : row) * stored.width + (fromRight ? lastColumn - column : column)) * 3;
      data.set(stored.data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}
