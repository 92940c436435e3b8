import { say } from "../presentation/messages";
import type { ModelInfo, Report } from "../presentation/report.generated";
import { likelihood, meaning, pictureErrorText, toneOf, verdictName, type Tone } from "../presentation/words";
import type { AnsweredBy } from "./answerer";
import type { Outcome, Said } from "./outcome";

export interface Words {
  tone: Tone;
  title: string;
  detail: string;
  /** Smaller print: who answered, and what weakens the answer. */
  notes: string[];
}

export function who(by: AnsweredBy, { network, device }: ModelInfo): string {
  return by === "browser" ? say("by_browser", network) : say("by_server", network, device.split(":")[0]);
}

function reportWords(report: Report, by: AnsweredBy): Words {
  const tone = toneOf(report.verdict);
  const notes = [who(by, report.model)];
  const judged = report.faces.filter((face) => face.probability_fake !== null).length;
  if (judged > 1) notes.push(say("most_suspicious", judged));
  if (report.warnings.some(({ code }) => code === "capture")) notes.push(say("warning_capture"));
  const number = report.verdict_by === "network" && likelihood(report);
  return { tone, title: verdictName(report.verdict), detail: number || meaning(report), notes };
}

export function told(said: Said): string {
  return say(...said);
}

/** What a person reads about a check, in the badge, on the toolbar and in the popup alike. */
export function describe(outcome: Outcome | null): Words {
  if (!outcome) return { tone: "working", title: say("checking"), detail: "", notes: [] };
  const without = (title: string, detail: string): Words => ({ tone: "none", title, detail, notes: [] });
  switch (outcome.kind) {
    case "report":
      return reportWords(outcome.report, outcome.by);
    case "bad_picture":
      return {
        ...without(say("unreadable_title"), pictureErrorText(outcome.code)),
        // What exactly is wrong is told in English, as the server and the format's own words are.
        notes: outcome.detail ? [outcome.detail] : [],
      };
    case "needs_permission":
      return without(say("permission_title"), say("permission_detail", outcome.host));
    case "no_picture":
      return without(say("no_picture_title"), told(outcome.why));
    case "no_answerer":
      return without(say("no_answer_title"), outcome.why.map(told).join(" "));
  }
}
