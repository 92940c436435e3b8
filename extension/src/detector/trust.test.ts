import { expect, test } from "vitest";
import type { Face, Point } from "./faces";
import { chroma, cutOff, faceWarnings, sharpness, turnedAway } from "./trust";

const RULE = { cut_off_share: 0.15, profile_offset: 0.35, grey_chroma: 3, blurred_sharpness: 0.002 };
const EYES_NOSE: Point[] = [
  [40, 50],
  [60, 50],
  [50, 62],
];

function face(x: number, points = EYES_NOSE): Face {
  return { box: { x, y: 10, width: 100, height: 100, score: 0.9 }, points, seen: 64 };
}

/** The same picture as in the Python detector's test. */
function known() {
  const data = new Uint8Array(8 * 8 * 3);
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      for (let channel = 0; channel < 3; channel++) {
        data[(row * 8 + column) * 3 + channel] = (row * row * 7 + column * 13 + channel * 50) % 256;
      }
    }
  }
  return { width: 8, height: 8, data };
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
  expect(sharpness(known()) * 32 ** 4).toBeCloseTo(6.107862093305497, 9);
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
    { width: 300, height: 300 },
    RULE,
    {
      max_roll: 10,
      input_size: 256,
    },
  ).map(({ code }) => code);
  expect(codes).toEqual(["enlarged", "turned", "tilted", "cut_off", "grey", "blurred"]);
});
