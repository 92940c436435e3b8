import { expect, test } from "vitest";
import { percent } from "../presentation/messages";
import type { FaceReport, Report } from "../presentation/report.generated";
import { describe } from "./describe";
import type { Outcome } from "./outcome";

function face(probability: number | null): FaceReport {
  return { box: [0, 0, 9, 9], crop: [0, 0, 9, 9], score: 1, verdict: "fake", probability_fake: probability };
}

function answered(change: Partial<Report>, by: "server" | "browser" = "server"): Outcome {
  const report: Report = {
    verdict: "fake",
    verdict_by: "network",
    probability_fake: 0.973,
    faces: [face(0.973)],
    evidence: [],
    warnings: [],
    image: { width: 9, height: 9, format: "JPEG", sha256: "" },
    model: { name: "n", version: "1", network: "efficientnet_lite0", runtime: "lite", device: "CPU: Some Name" },
    milliseconds: { decode: 0, faces: 0, network: 0, total: 0 },
    ...change,
  };
  return { kind: "report", report, by, bands: null, serverFault: null };
}

test("a verdict comes with its probability and who gave it", () => {
  expect(describe(answered({}))).toEqual({
    tone: "fake",
    title: "Fake",
    detail: "97% likely generated",
    notes: ["your server (efficientnet_lite0, CPU)"],
  });
});

test("the browser's answer says so", () => {
  expect(describe(answered({}, "browser")).notes).toEqual(["in this browser (efficientnet_lite0)"]);
});

test("of several faces the most suspicious is named as such", () => {
  const { notes } = describe(answered({ faces: [face(0.973), face(0.1), face(null)] }));
  expect(notes).toContain("the most suspicious of 2 faces");
});

test("a picture without a face gets no verdict", () => {
  const words = describe(answered({ verdict: "no_face", probability_fake: null, faces: [] }));
  expect([words.tone, words.title]).toEqual(["none", "No face found"]);
});

test("a bad picture is told with what is wrong with it", () => {
  const detail = "the JPEG picture is coded arithmetically, which not every browser can read";
  const words = describe({ kind: "bad_picture", code: "unsupported_format", detail, by: "browser" });
  expect(words.notes).toEqual([detail]);
  expect(words.detail).toContain("JPEG or PNG");
});

test("certainty is never claimed", () => {
  expect([0, 0.0099, 0.5, 0.991, 1].map(percent)).toEqual(["under 1%", "under 1%", "50%", "over 99%", "over 99%"]);
});

test("what decides by its own bytes is not told as a likelihood", () => {
  const words = describe(answered({ verdict_by: "evidence" }));
  expect([words.title, words.detail]).toEqual(["Fake", "The picture itself says that it was generated."]);
});
