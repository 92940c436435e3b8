import { expect, test } from "vitest";
import { patience } from "./patience";

test("a server that was quick of late is asked how it is sooner than one that was slow", () => {
  const quick = patience([80, 120, 90]);
  const slow = patience([700, 900]);
  expect(quick.expected).toBeLessThan(slow.expected);
});

test("nobody waits longer than three seconds before asking whether the server is still well", () => {
  expect([[], [20_000]].map((recent) => patience(recent).expected)).toEqual([3000, 3000]);
});

test("a ready server gets ten times as long as it needed of late, and at most a minute", () => {
  expect([[], [100], [4000], [20_000]].map((recent) => patience(recent).longest)).toEqual([
    10_000, 10_000, 40_000, 60_000,
  ]);
});
