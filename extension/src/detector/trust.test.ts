import { expect, test } from "vitest";
import type { Face, Point } from "./faces";
import {
  blockiness,
  chroma,
  covering,
  cutOff,
  exposure,
  faceWarnings,
  fineness,
  isCovered,
  middle,
  sharpness,
  turnedAway,
} from "./trust";

const MASKS = { patch: 0.18, brow: 0.35, chin: 0.55, weights: [0.069, 0.047, -1.821, -0.025, -0.046, 1.026] };
const RULE = {
  enlarged_share: 0.5,
  cut_off_share: 0.15,
  profile_offset: 0.35,
  grey_chroma: 3,
  sharpness_side: 256,
  blurred_sharpness: 0.002,
  middle_side: 256,
  recompressed_blocks: 0.75,
  upscaled_fineness: 0.18,
  dark_luma: 40,
  white_luma: 250,
  overexposed_share: 0.25,
  covered: MASKS,
};
const EYES_NOSE: Point[] = [
  [40, 50],
  [60, 50],
  [50, 62],
];

function face(x: number, points = EYES_NOSE): Face {
  return { box: { x, y: 10, width: 100, height: 100, score: 0.9 }, points, seen: 64 };
}

/** The same picture as in the Python detector's test. */
function known(side = 8) {
  const data = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      for (let channel = 0; channel < 3; channel++) {
        data[(row * side + column) * 3 + channel] = (row * row * 7 + column * 13 + channel * 50) % 256;
      }
    }
  }
  return { width: side, height: side, data };
}

test("a face at the edge is cut off by what lies beyond it", () => {
  expect(cutOff(face(-25), 300, 300)).toBeCloseTo(0.25);
  expect(cutOff(face(10), 300, 300)).toBe(0);
});

test("a nose beside the eyes is a profile", () => {
  const points: Point[] = [
    [0, 0],
    [0, 10],
    [-6, 9],
  ];
  expect(turnedAway(face(0, points))).toBeCloseTo(0.4);
  expect(turnedAway(face(0))).toBe(0);
});

test("chroma and sharpness are those of the Python detector", () => {
  expect(chroma(known())).toBeCloseTo(123.1875, 9);
  expect(sharpness(known(), 256) * 32 ** 4).toBeCloseTo(6.107862093305497, 9);
});

/** Key points in a crop of 100 pixels. */
const UPRIGHT: Point[] = [
  [35, 40],
  [64.5, 42],
  [51, 58],
  [50, 74],
  [20, 45],
  [80, 45],
];

test("what tells a covered mouth is that of the Python detector", () => {
  const told = [7.9451311564018186, 17.858902819840207, 3.871834705711254, -8.08545684113866, 2.2548209366391188];
  covering(known(100), UPRIGHT, MASKS)?.forEach((value, at) => {
    expect(value).toBeCloseTo(told[at], 9);
  });
  expect(
    covering(
      known(100),
      UPRIGHT.map(([x, y]): Point => [x + 300, y]),
      MASKS,
    ),
  ).toBeNull();
});

test("an even mask in another colour covers a face", () => {
  const picture = known(100);
  for (let at = 0; at < picture.data.length; at += 3) {
    const skin = 190 + ((at * 7) % 31);
    picture.data.set(at < 3 * 100 * 55 ? [skin, skin - 50, skin - 70] : [120, 170, 220], at);
  }
  expect(isCovered(picture, UPRIGHT, MASKS)).toBe(true);
  expect(isCovered(known(100), UPRIGHT, MASKS)).toBe(false);
});

test("blocks, fineness and exposure are those of the Python detector", () => {
  const picture = known(45);
  expect(blockiness(picture)).toBeCloseTo(0.10581355425609784, 9);
  expect(fineness(picture)).toBeCloseTo(1.896833690802549, 9);
  const { brightness, white } = exposure(picture, 250);
  expect([brightness, white]).toEqual([expect.closeTo(128.40831758034025, 9), expect.closeTo(0.0, 9)]);
});

test("of a large face only the middle is looked at", () => {
  expect(middle(known(300), 256).width).toBe(256);
  expect(middle(known(45), 256)).toEqual(known(45));
});

test("each reason has its code", () => {
  const grey = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3).fill(90) };
  const tilted: Point[] = [
    [40, 50],
    [50, 70],
    [62, 54],
  ];
  const codes = faceWarnings(
    face(-30, tilted),
    { left: 0, top: 0, side: 100 },
    grey,
    grey,
    { width: 300, height: 300 },
    RULE,
    {
      max_roll: 10,
      input_size: 256,
    },
  ).map(({ code }) => code);
  expect(codes).toEqual(["enlarged", "turned", "tilted", "cut_off", "grey", "blurred", "upscaled"]);
});
