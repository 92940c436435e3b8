import { expect, test } from "vitest";
import { upright, webpOrientation } from "./orientation";

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

function webp(exif: number[]): Uint8Array {
  const name = (word: string): number[] => [...word].map((letter) => letter.charCodeAt(0));
  return Uint8Array.from([
    ...name("RIFF"),
    0,
    0,
    0,
    0,
    ...name("WEBP"),
    ...name("EXIF"),
    exif.length,
    0,
    0,
    0,
    ...exif,
  ]);
}

const TIFF = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];

test("the orientation is read from a WebP file's EXIF, with and without JPEG's marker", () => {
  expect(webpOrientation(webp(TIFF))).toBe(6);
  expect(webpOrientation(webp([0x45, 0x78, 0x69, 0x66, 0, 0, ...TIFF]))).toBe(6);
});

test("damaged EXIF leaves the picture as it is", () => {
  expect(webpOrientation(webp(TIFF.slice(0, 12)))).toBe(1);
  expect(webpOrientation(webp([]))).toBe(1);
});
