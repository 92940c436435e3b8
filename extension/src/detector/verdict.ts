import type { FaceReport, Verdict } from "../presentation/report.generated";
import type { Sensitivity } from "../shared/sensitivity";
import type { Network } from "./manifest";

export function probabilityFake(logit: number, { scale, bias }: Network["calibration"]): number {
  return 1 / (1 + Math.exp(-(scale * logit + bias)));
}

/** The bands at a sensitivity; the usual ones for a network that was not measured at others. */
export function bandsAt(
  { bands, sensitivities }: Pick<Network, "bands" | "sensitivities">,
  sensitivity: Sensitivity,
): Network["bands"] {
  if (sensitivity === "usual" || !sensitivities) return bands;
  return { ...bands, fake_from: sensitivities[sensitivity].fake_from };
}

export function band(probability: number, bands: Network["bands"]): "real" | "fake" | "uncertain" {
  if (probability < bands.real_below) return "real";
  return probability >= bands.fake_from ? "fake" : "uncertain";
}

/** The bands for one of several faces of a picture: the odds from which it is fake are so many times higher. */
export function among(faces: number, { real_below, fake_from }: Network["bands"]): Network["bands"] {
  if (faces <= 1 || fake_from >= 1) return { real_below, fake_from };
  const odds = (faces * fake_from) / (1 - fake_from);
  return { real_below, fake_from: odds / (1 + odds) };
}

/** A face before its verdict: null for one too small to be judged. */
export interface Judged {
  probability: number | null;
  /** Whether the face is tilted further than the network was measured; such a face is never called real. */
  tilted: boolean;
  /** Whether the face looks drawn, painted or modelled; of such a face nothing is told. */
  drawn: boolean;
}

/**
 * The verdict on each face of a picture. Each is one more occasion to call a photograph fake; that the odds asked for grow
 * with the number of faces keeps the false alarms of a picture at those of a single face, for calibrated probabilities.
 */
export function faceVerdicts(faces: Judged[], bands: Network["bands"]): FaceReport["verdict"][] {
  const together = among(faces.filter(({ probability }) => probability !== null).length, bands);
  return faces.map(({ probability, tilted, drawn }) => {
    if (probability === null) return "too_small";
    const verdict = band(probability, together);
    return drawn || (verdict === "real" && tilted) ? "uncertain" : verdict;
  });
}

const SUSPICION: readonly FaceReport["verdict"][] = ["too_small", "real", "uncertain", "fake"];

/** A picture is as suspicious as its most suspicious face. */
export function pictureVerdict(faces: Pick<FaceReport, "verdict" | "probability_fake">[]): {
  verdict: Verdict;
  probability_fake: number | null;
} {
  const [worst] = faces.toSorted(
    (a, b) =>
      SUSPICION.indexOf(b.verdict) - SUSPICION.indexOf(a.verdict) ||
      (b.probability_fake ?? 0) - (a.probability_fake ?? 0),
  );
  if (!worst) return { verdict: "no_face", probability_fake: null };
  return { verdict: worst.verdict, probability_fake: worst.probability_fake };
}
