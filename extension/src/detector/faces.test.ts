import { expect, test } from "vitest";
import { chooseFaces, detectorInput, fitInto } from "./faces";

const RULE = { input_size: 256, score_threshold: 0.6, iou_threshold: 0.3 };
const SQUARE = { left: 0, top: 0, width: 256, height: 256 };

test("a landscape picture is letterboxed above and below", () => {
  expect(fitInto(640, 427, 256, "letterbox")).toEqual({ left: 0, top: 42, width: 256, height: 171 });
});

test("a hair-thin picture keeps one row", () => {
  expect(fitInto(4000, 3, 256, "letterbox")).toEqual({ left: 0, top: 127, width: 256, height: 1 });
});

test("what lies beside the picture is black", () => {
  const white = { width: 2, height: 1, data: new Uint8Array(6).fill(255) };
  const input = detectorInput(white, 4, fitInto(2, 1, 4, "letterbox"));
  expect([...input.subarray(0, 12)]).toEqual(new Array(12).fill(0));
  expect([...input.subarray(12, 36)]).toEqual(new Array(24).fill(255));
  expect([...input.subarray(36)]).toEqual(new Array(12).fill(0));
});

test("anchors under the score threshold are no faces", () => {
  expect(chooseFaces([0.59, 0.1, 0.1, 0.5, 0.5], { width: 256, height: 256 }, SQUARE, RULE)).toEqual([]);
});

test("boxes on one face become their mean, weighted by score, under the best score", () => {
  const anchors = [0.6, 0.1, 0.1, 0.5, 0.5, 0.9, 0.15, 0.1, 0.5, 0.5];
  const [face, ...others] = chooseFaces(anchors, { width: 256, height: 256 }, SQUARE, RULE);
  expect(others).toEqual([]);
  expect(face.score).toBe(0.9);
  expect(face.x).toBeCloseTo(0.13 * 256);
  expect(face.width).toBeCloseTo(0.5 * 256);
});

test("faces come largest first, in pixels of the picture", () => {
  const anchors = [0.95, 0.0, 0.25, 0.1, 0.1, 0.7, 0.5, 0.5, 0.25, 0.25];
  const fit = fitInto(512, 256, 256, "letterbox");
  const faces = chooseFaces(anchors, { width: 512, height: 256 }, fit, RULE);
  expect(faces.map((face) => [face.x, face.y, face.width, face.height])).toEqual([
    [256, 128, 128, 128],
    [0, 0, 51.2, 51.2],
  ]);
});
