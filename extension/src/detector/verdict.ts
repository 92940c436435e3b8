import type { FaceReport, Verdict } from "../presentation/report.generated";
import type { Network } from "./manifest";

export function probabilityFake(logit: number, { scale, bias }: Network["calibration"]): number {
  return 1 / (1 + Math.exp(-(scale * logit + bias)));
}

export function band(probability: number, bands: Network["bands"]): "real" | "fake" | "uncertain" {
  if (probability < bands.real_below) return "real";
  return probability >= bands.fake_from ? "fake" : "uncertain";
}

/** A picture is as suspicious as its most suspicious face. */
export function pictureVerdict(faces: FaceReport[]): { verdict: Verdict; probability_fake: number | null } {
  let worst: FaceReport | undefined;
  for (const face of faces) {
    if (face.probability_fake === null) continue;
    if (!worst || face.probability_fake > (worst.probability_fake ?? 0)) worst = face;
  }
  if (worst) return { verdict: worst.verdict, probability_fake: worst.probability_fake };
  return { verdict: faces.length > 0 ? "too_small" : "no_face", probability_fake: null };
}
