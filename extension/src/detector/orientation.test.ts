import { expect, test } from "vitest";
import { upright } from "./orientation";

// Two columns, three rows, numbered as they are stored.
const STORED = { width: 2, height: 3, data: Uint8Array.from([0, 1, 2, 3, 4, 5].flatMap((n) => [n, n, n])) };

// What EXIF 2.3 means by each orientation, row by row.
const UPRIGHT: [number, number, number[]][] = [
  [1, 2, [0, 1, 2, 3, 4, 5]],
  [2, 2, [1, 0, 3, 2, 5, 4]],
  [3, 2, [5, 4, 3, 2, 1, 0]],
  [4, 2, [4, 5, 2, 3, 0, 1]],
  [5, 3, [0, 2, 4, 1, 3, 5]],
  [6, 3, [4, 2, 0, 5, 3, 1]],
  [7, 3, [5, 3, 1, 4, 2, 0]],
  [8, 3, [1, 3, 5, 0, 2, 4]],
];

for (const [orientation, width, pixels] of UPRIGHT) {
  test(`orientation ${orientation} is put upright`, () => {
    const turned = upright(STORED, orientation);
    expect([turned.width, turned.height]).toEqual([width, 6 / width]);
    expect([...turned.data].filter((_, at) => at % 3 === 0)).toEqual(pixels);
  });
}
