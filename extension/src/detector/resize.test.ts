import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import golden from "./resize.golden.json";
import type { Pixels } from "./pixels";
import { reduce, resize } from "./resize";

function pattern(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < 3; channel++) {
        const kinds = [
          (((row * 7919 + column * 104729 + channel * 1299709) % 65521) * 31) % 256,
          (row * 3 + column * 5 + channel * 40) % 256,
          ((Math.floor(row / 8) + Math.floor(column / 8) + channel) % 2) * 255,
        ];
        const kind = (Math.floor(row / 16) + Math.floor(column / 16)) % 3;
        data[(row * width + column) * 3 + channel] = kinds[kind];
      }
    }
  }
  return { width, height, data };
}

for (const { from, to, start, sha256 } of golden.cases) {
  test(`resize of ${from.join("x")} to ${to.join("x")} gives Pillow's bytes`, () => {
    const out = resize(pattern(from[0], from[1]), to[0], to[1]);
    expect([...out.data.subarray(0, 12)]).toEqual(start);
    expect(createHash("sha256").update(out.data).digest("hex")).toBe(sha256);
  });
}

for (const { from, factor, start, sha256 } of golden.reduced) {
  test(`${from.join("x")} reduced by ${factor} gives Pillow's bytes`, () => {
    const out = reduce(pattern(from[0], from[1]), factor);
    expect([...out.data.subarray(0, 12)]).toEqual(start);
    expect(createHash("sha256").update(out.data).digest("hex")).toBe(sha256);
  });
}

test("resize to the same size changes nothing", () => {
  const picture = pattern(31, 17);
  expect(resize(picture, 31, 17)).toEqual(picture);
});
