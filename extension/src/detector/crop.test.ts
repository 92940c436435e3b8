import { expect, test } from "vitest";
import { cropSquare } from "./crop";

const RULE = { scale: 1.7, raise: 0.08, min_side: 60 };

test("a face in the middle gets a raised square of 1.7 times its longer side", () => {
  const square = cropSquare({ x: 180, y: 190, width: 100, height: 80, score: 1 }, 500, 500, RULE);
  expect(square).toEqual({ left: 145, top: 137, side: 170 });
});

test("a square that would leave the picture is moved inside", () => {
  const square = cropSquare({ x: -10, y: 430, width: 100, height: 100, score: 1 }, 500, 500, RULE);
  expect(square).toEqual({ left: 0, top: 330, side: 170 });
});

test("a square larger than the picture shrinks to the picture's shorter side", () => {
  const square = cropSquare({ x: 50, y: 20, width: 200, height: 200, score: 1 }, 400, 240, RULE);
  expect(square).toEqual({ left: 30, top: 0, side: 240 });
});
