import { ascii, dataView } from "./stored";

export const UPRIGHT = 1;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** The orientation, 1 to 8, as browsers heed it: one value of type SHORT; whatever else is there leaves 1. */
export function orientation(tiff: Uint8Array): number {
  const little = ascii(tiff, 0, "II*\0");
  if (!little && !ascii(tiff, 0, "MM\0*")) return UPRIGHT;
  const data = dataView(tiff);
  try {
    const directory = data.getUint32(4, little);
    const entries = data.getUint16(directory, little);
    for (let entry = 0; entry < entries; entry++) {
      const at = directory + 2 + entry * ENTRY_BYTES;
      if (data.getUint16(at, little) !== ORIENTATION_TAG) continue;
      const value = data.getUint16(at + 8, little);
      const heeded = data.getUint16(at + 2, little) === SHORT && data.getUint32(at + 4, little) === 1;
      return heeded && value >= 1 && value <= 8 ? value : UPRIGHT;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the directory is cut off: nothing is said
  }
  return UPRIGHT;
}
