import { expect, test } from "vitest";
import {
  angleFrom,
  look,
  lookAtSeveral,
  rollOf,
  turn,
  turnsOf,
  viewAround,
  viewWhole,
  type Face,
  type Point,
} from "./faces";
import { answers, blank, row, RULE } from "./faces.testing";

test("a landscape picture is letterboxed above and below", () => {
  const { canvas, left, top, scaleX } = viewWhole(blank(640, 427), RULE);
  expect([left, top, scaleX]).toEqual([-0, (-42 * 427) / 171, 2.5]);
  const lit = Array.from({ length: 256 }, (_, y) => canvas.data[y * 256 * 3] > 0);
  expect([lit.indexOf(true), lit.lastIndexOf(true)]).toEqual([42, 42 + 171 - 1]);
});

test("a hair-thin picture keeps one row", () => {
  const { canvas } = viewWhole(blank(4000, 3), RULE);
  expect(canvas.data.filter((value) => value > 0)).toHaveLength(256 * 3);
});

test("a window at the edge is black beside the picture", () => {
  const view = viewAround(blank(300, 300), { x: -20, y: 100, width: 64, height: 64, score: 0.9 }, RULE, 256);
  expect([view.left, view.top, view.scaleX, view.scaleY]).toEqual([-116, 4, 1, 1]);
  expect([...view.canvas.data.subarray(115 * 3, 117 * 3)]).toEqual([0, 0, 0, 255, 255, 255]);
});

test("rows under the score asked for are no faces", async () => {
  const rows = answers([row(0.59, 0.1, 0.1, 0.5, 0.5)]);
  expect(await look(rows, viewWhole(blank(256, 256), RULE), 0, 0.6, RULE)).toEqual([]);
});

test("boxes of one face become the mean of the good ones under the best score", async () => {
  const rows = answers([row(0.6, 0.15, 0.1, 0.2, 0.2), row(0.9, 0.1, 0.1, 0.2, 0.2), row(0.5, 0.05, 0.1, 0.2, 0.2)]);
  const [face, ...others] = await look(rows, viewWhole(blank(256, 256), RULE), 0, 0.4, RULE);
  expect(others).toEqual([]);
  expect(face.box.score).toBe(0.9);
  expect(face.box.x).toBeCloseTo(0.12 * 256);
  expect(face.points[0][0]).toBeCloseTo((0.12 + 0.3 * 0.2) * 256);
});

test.each([
  [0, 51.2, 102.4],
  [1, 281.6, 51.2],
  [2, 332.8, 281.6],
  [3, 102.4, 332.8],
])("what a look turned %i times finds comes back where it is", async (turns, x, y) => {
  const rows = answers([row(0.9, 0.1, 0.2, 0.25, 0.25)]);
  const [face] = await look(rows, viewWhole(blank(512, 512), RULE), turns, 0.4, RULE);
  expect(face.box.x).toBeCloseTo(x);
  expect(face.box.y).toBeCloseTo(y);
  expect(turnsOf(face)).toBe(turns);
  expect(rollOf(face)).toBeCloseTo(0);
});

test.each([
  [0, 12.8, 25.6],
  [1, 38.4, 12.8],
  [2, 51.2, 38.4],
  [3, 25.6, 51.2],
])("what a shared look turned %i times finds comes back where it is", async (turns, x, y) => {
  const view = viewAround(blank(512, 512), { x: 200, y: 100, width: 64, height: 64, score: 0.9 }, RULE, 128);
  const rows = answers([row(0.9, 0.55, 0.1, 0.25, 0.25)]);
  const views = [
    { view, turns: 0 },
    { view, turns },
  ];
  const [nothing, [face]] = await lookAtSeveral(rows, views, 0.4, RULE);
  expect(nothing).toEqual([]);
  expect(face.box.x - view.left).toBeCloseTo(x);
  expect(face.box.y - view.top).toBeCloseTo(y);
  expect(turnsOf(face)).toBe(turns);
});

test("a tilted face keeps what quarter turns leave", () => {
  const points: Point[] = [
    [0, 0],
    [-10, 10],
  ];
  const face: Face = { box: { x: 0, y: 0, width: 9, height: 9, score: 1 }, points, seen: 9 };
  expect(turnsOf(face)).toBe(2);
  expect(rollOf(face)).toBeCloseTo(-45);
  expect(angleFrom(-170, 2)).toBe(10);
});

test("turning moves the right edge to the top, and four turns change nothing", () => {
  const square = { width: 2, height: 2, data: Uint8Array.from([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]) };
  expect([...turn(square, 1).data]).toEqual([2, 2, 2, 4, 4, 4, 1, 1, 1, 3, 3, 3]);
  expect(turn(turn(square, 1), 3)).toEqual(square);
});
