import { expect, test } from "vitest";
import { painted, place } from "./placement";

const BADGE = { width: 200, height: 50 };
const WINDOW = { width: 1000, height: 700 };

test("the badge goes below a picture that leaves room there", () => {
  expect(place(BADGE, { x: 100, y: 100, width: 300, height: 300 }, WINDOW, [])).toEqual({ x: 100, y: 406 });
});

test("the badge goes above a picture at the bottom of the window", () => {
  expect(place(BADGE, { x: 100, y: 300, width: 300, height: 390 }, WINDOW, [])).toEqual({ x: 100, y: 244 });
});

test("the badge goes to the right of a picture as high as the window", () => {
  expect(place(BADGE, { x: 0, y: 0, width: 300, height: 700 }, WINDOW, [])).toEqual({ x: 306, y: 6 });
});

test("the badge of a picture at the right edge stays in the window", () => {
  expect(place(BADGE, { x: 950, y: 100, width: 40, height: 40 }, WINDOW, [])).toEqual({ x: 794, y: 146 });
});

test("in a picture that fills the window the badge takes the corner that hides least of the faces", () => {
  const faces = [
    { x: 0, y: 400, width: 1000, height: 300 },
    { x: 0, y: 0, width: 150, height: 400 },
  ];
  expect(place(BADGE, { x: 0, y: 0, width: 1000, height: 700 }, WINDOW, faces)).toEqual({ x: 794, y: 6 });
});

test("a picture larger than the window keeps its badge in the window", () => {
  expect(place(BADGE, { x: -500, y: -500, width: 3000, height: 3000 }, WINDOW, [])).toEqual({ x: 6, y: 644 });
});

test("object-fit moves the pixels within the box", () => {
  const box = { x: 10, y: 10, width: 100, height: 100 };
  const natural = { width: 200, height: 100 };
  expect(painted(box, natural, "fill")).toEqual(box);
  expect(painted(box, natural, "contain")).toEqual({ x: 10, y: 35, width: 100, height: 50 });
  expect(painted(box, natural, "cover")).toEqual({ x: -40, y: 10, width: 200, height: 100 });
});
