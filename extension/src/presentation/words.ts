import { percent, say, sayOf } from "./messages";
import type { Evidence, FaceReport, PictureErrorCode, Report, Verdict, Warning } from "./report.generated";

/** Decides colour and sign; `none` stands for every outcome without a verdict. */
export type Tone = "real" | "fake" | "uncertain" | "none" | "error" | "working";

export function toneOf(verdict: Verdict): Tone {
  return verdict === "no_face" || verdict === "too_small" ? "none" : verdict;
}

export function verdictName(verdict: Verdict | "error"): string {
  return say(`verdict_${verdict}`);
}

/** "97% likely generated": what every verdict of the network rests on; empty where no face was judged. */
export function likelihood({ probability_fake: probability }: Pick<FaceReport, "probability_fake">): string {
  return probability === null ? "" : say("likely_generated", percent(probability));
}

/** A verdict in a few words: "Fake – 97% likely generated". */
export function headline(judged: Pick<Report | FaceReport, "verdict" | "probability_fake">): string {
  const name = verdictName(judged.verdict);
  const detail = likelihood(judged);
  return detail ? say("headline", name, detail) : name;
}

/** One or two sentences on what the verdict means. */
export function meaning({ verdict, verdict_by: by, faces }: Pick<Report, "verdict" | "verdict_by" | "faces">): string {
  if (by === "evidence" && (verdict === "fake" || verdict === "real")) return say(`meaning_evidence_${verdict}`);
  if (verdict === "no_face") return say("meaning_no_face");
  return say(faces.length > 1 ? `meaning_${verdict}_many` : `meaning_${verdict}`);
}

export function warningText({ code }: Warning): string {
  return say(`warning_${code}`);
}

/** What was found in the picture's bytes, what that says, and how much it is worth. */
export function evidenceText({ code, detail, proves, strength }: Evidence): string {
  // The texts have a place for what the file says, which stands between quotation marks, or for the whole detail.
  const quoted = /“(.*)”/s.exec(detail)?.[1] ?? "";
  const found = sayOf("evidence", code, quoted, detail) ?? detail;
  const sentence = found.charAt(0).toLocaleUpperCase() + found.slice(1).replace(/[.।]$/, "");
  return `${sentence}. ${say(`proves_${proves}`)}: ${say(`strength_${strength}`)}.`;
}

export function pictureErrorText(code: PictureErrorCode): string {
  return say(`picture_${code}`);
}

export function runtimeName(runtime: string): string {
  return sayOf("runtime", runtime) ?? runtime;
}
