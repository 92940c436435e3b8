import { UPRIGHT } from "./formats/exif";
import type { Pixels } from "./pixels";

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
      const to = (y * width + x) * 3;
      data[to] = stored.data[from];
      data[to + 1] = stored.data[from + 1];
      data[to + 2] = stored.data[from + 2];
    }
  }
  return { width, height, data };
}
