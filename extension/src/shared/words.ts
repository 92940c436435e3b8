import type { AnsweredBy } from "./answerer";
import type { Outcome } from "./outcome";
import type { PictureCode } from "./picture-error";
import type { Report, Verdict } from "./report";

/** Decides colour and sign; `none` stands for every outcome without a verdict. */
export type Tone = "real" | "fake" | "uncertain" | "none" | "working";

export interface Words {
  tone: Tone;
  title: string;
  detail: string;
  /** Smaller print: who answered, and what weakens the answer. */
  notes: string[];
}

const TITLES: Record<Verdict, string> = {
  real: "Real",
  fake: "Fake",
  uncertain: "Uncertain",
  no_face: "No face found",
  too_small: "Face too small",
};

const BAD_PICTURE: Record<PictureCode, string> = {
  unsupported_format: "This kind of picture is not supported. JPEG, PNG, WebP, GIF, BMP and AVIF are.",
  unreadable_picture: "The picture is damaged or was cut off.",
  too_many_bytes: "The picture's file is too large.",
  too_many_pixels: "The picture has too many pixels.",
  empty_picture: "The picture is empty.",
};

/** Nothing is ever certain, so the ends of the scale are never claimed. */
export function percent(probability: number): string {
  if (probability < 0.01) return "under 1\u00a0%";
  if (probability > 0.99) return "over 99\u00a0%";
  return `${Math.round(probability * 100)}\u00a0%`;
}

export function who(by: AnsweredBy, model: Report["model"]): string {
  if (by === "browser") return `in this browser (${model.network})`;
  const device = model.device.split(":")[0];
  return `your server (${model.network}, ${device})`;
}

function reportDetail({ verdict, probability_fake: probability }: Report): string {
  if (verdict === "no_face") return "There is nothing to judge in this picture.";
  if (verdict === "too_small") return "A larger version of the picture may give an answer.";
  return probability === null ? "" : `${percent(probability)} likely generated`;
}

function reportNotes(report: Report, by: AnsweredBy): string[] {
  const notes = [who(by, report.model)];
  const judged = report.faces.filter((face) => face.probability_fake !== null).length;
  if (judged > 1) notes.push(`the most suspicious of ${judged} faces`);
  if (report.warnings.some((warning) => warning.code === "enlarged"))
    notes.push("a small face: the verdict rests on few pixels");
  return notes;
}

/** What a person reads about a check, in the badge and in the popup alike. */
export function describe(outcome: Outcome | null): Words {
  if (!outcome) return { tone: "working", title: "Checking this face\u2026", detail: "", notes: [] };
  switch (outcome.kind) {
    case "report": {
      const { report, by } = outcome;
      const tone = report.verdict === "no_face" || report.verdict === "too_small" ? "none" : report.verdict;
      return { tone, title: TITLES[report.verdict], detail: reportDetail(report), notes: reportNotes(report, by) };
    }
    case "bad_picture":
      return { tone: "none", title: "Could not read the picture", detail: BAD_PICTURE[outcome.code], notes: [] };
    case "needs_permission":
      return {
        tone: "none",
        title: "Permission needed",
        detail: `The picture lies on ${outcome.host}. A window has opened to ask whether it may be read.`,
        notes: [],
      };
    case "no_picture":
      return { tone: "none", title: "Could not get the picture", detail: outcome.detail, notes: [] };
    case "no_answerer":
      return { tone: "none", title: "No answer", detail: outcome.detail, notes: [] };
  }
}
