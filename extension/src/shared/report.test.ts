import { expect, test } from "vitest";
import { isReport } from "./report";

const REPORT = {
  verdict: "fake",
  verdict_by: "network",
  probability_fake: 0.97,
  faces: [{ box: [1, 2, 3, 4], crop: [0, 0, 9, 9], score: 0.9, verdict: "fake", probability_fake: 0.97 }],
  evidence: [],
  warnings: [],
  image: { width: 4, height: 4, format: "JPEG", sha256: "0".repeat(64) },
  model: { name: "n", version: "1", network: "x", runtime: "lite", device: "CPU: y" },
  milliseconds: { decode: 1, faces: 1, network: 1, total: 3 },
};

test("a report is a report", () => {
  expect(isReport(REPORT)).toBe(true);
});

test("what some other program answers is none", () => {
  const others = [
    null,
    [],
    {},
    "fake",
    { ...REPORT, verdict: "sure" },
    { ...REPORT, probability_fake: 97 },
    { ...REPORT, model: null },
  ];
  expect(others.filter(isReport)).toEqual([]);
});
