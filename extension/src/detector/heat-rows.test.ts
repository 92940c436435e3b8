import { expect, test } from "vitest";
import { heatRows } from "./heat-rows";

const SEEN = Float32Array.from([1, 2, 3, 4]);

test("cells come row by row", () => {
  expect(heatRows(SEEN, 0)).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("what was turned counterclockwise for the network is turned back", () => {
  expect(heatRows(SEEN, 1)).toEqual([
    [3, 1],
    [4, 2],
  ]);
  expect(heatRows(SEEN, 3)).toEqual([
    [2, 4],
    [1, 3],
  ]);
});
