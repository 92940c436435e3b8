import { expect, test } from "vitest";
import { longestWait } from "./patience";

test("a ready server gets ten times as long as it needed of late, and at most a minute", () => {
  expect([[100], [4000], [80, 700, 90], [20_000]].map(longestWait)).toEqual([2000, 40_000, 7000, 60_000]);
});

test("one that was not met yet gets ten seconds", () => {
  expect(longestWait([])).toBe(10_000);
});
