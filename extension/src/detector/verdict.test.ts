import { expect, test } from "vitest";
import type { FaceReport } from "../presentation/report.generated";
import CASES from "../../../tests/verdict_cases.json";
import { SENSITIVITIES } from "../shared/sensitivity";
import { among, band, bandsAt, faceVerdicts, pictureVerdict, probabilityFake } from "./verdict";

const BANDS = { real_below: 0.2, fake_from: 0.8 };

function face(verdict: FaceReport["verdict"], probability: number | null): FaceReport {
  return { box: [0, 0, 9, 9], crop: [0, 0, 9, 9], score: 1, verdict, probability_fake: probability };
}

test("calibration is a sigmoid of the scaled logit", () => {
  expect(probabilityFake(2, { scale: 0.5, bias: -1 })).toBe(0.5);
  expect(probabilityFake(-2000, { scale: 1, bias: 0 })).toBe(0);
});

test("the bands' lower bounds belong to the band above", () => {
  expect([0.1999, 0.2, 0.7999, 0.8].map((p) => band(p, BANDS))).toEqual(["real", "uncertain", "uncertain", "fake"]);
});

test("a picture takes the verdict of its most suspicious face", () => {
  const faces = [face("real", 0.1), face("fake", 0.9), face("too_small", null)];
  expect(pictureVerdict(faces)).toEqual({ verdict: "fake", probability_fake: 0.9 });
});

test("a picture whose faces are all too small is too small", () => {
  expect(pictureVerdict([face("too_small", null)])).toEqual({ verdict: "too_small", probability_fake: null });
});

test("a picture without faces says so", () => {
  expect(pictureVerdict([])).toEqual({ verdict: "no_face", probability_fake: null });
});

test("among many faces one must have so many times the odds to be fake", () => {
  expect(among(1, BANDS)).toEqual(BANDS);
  expect(among(5, BANDS).fake_from).toBeCloseTo(20 / 21);
  const faces = [0.9, 0.1, 0.1, 0.1, 0.1, null].map((probability) => ({ probability, tilted: false, drawn: false }));
  expect(faceVerdicts(faces, BANDS)).toEqual(["uncertain", "real", "real", "real", "real", "too_small"]);
});

test("a tilted face is never real, and a picture with one neither", () => {
  const faces = [0.1, 0.05, 0.9].map((probability, at) => ({ probability, tilted: at > 0, drawn: false }));
  const verdicts = faceVerdicts(faces.slice(0, 2), BANDS);
  expect(verdicts).toEqual(["real", "uncertain"]);
  expect(pictureVerdict([face("real", 0.1), face("uncertain", 0.05)])).toEqual({
    verdict: "uncertain",
    probability_fake: 0.05,
  });
});

// The Python detector's tests hold its verdicts to the same.
test.each(SENSITIVITIES)("verdicts at the sensitivity %s are those of the table", (sensitivity) => {
  const bands = bandsAt(CASES.network, sensitivity);
  for (const picture of CASES.pictures) {
    expect(faceVerdicts(picture.faces, bands), JSON.stringify(picture)).toEqual(picture[sensitivity]);
  }
});

test("a network that was not measured at other sensitivities has the usual bands", () => {
  expect(bandsAt({ bands: BANDS }, "strict")).toEqual(BANDS);
});
