import { made } from "../shared/dom";
import type { Report } from "../presentation/report.generated";
import { percent, say } from "../presentation/messages";
import { sign } from "../presentation/sign";
import { evidenceText, verdictName, warningText } from "../presentation/words";
import type { Outcome } from "../shared/outcome";
import type { LastCheck } from "../shared/storage";
import { describe, told, who } from "../shared/describe";

const LOST: Outcome = { kind: "no_answerer", why: [["interrupted"]] };

// The badge gives up after the same time.
const LOST_AFTER_MS = 60_000;

function faceTable(report: Report): HTMLElement {
  const table = made("table");
  const head = made("tr");
  head.append(made("th", "Face"), made("th", "Verdict"), made("th", "Likely generated"));
  table.append(head);
  report.faces.forEach((face, at) => {
    const row = made("tr");
    const [, , width, height] = face.box;
    row.append(
      made("td", `${at + 1} (${Math.round(width)} × ${Math.round(height)} px)`),
      made("td", verdictName(face.verdict), face.verdict),
      made("td", face.probability_fake === null ? "–" : percent(face.probability_fake)),
    );
    table.append(row);
  });
  return table;
}

function facts(report: Report, by: string): HTMLElement {
  const list = made("dl");
  const { model, image, milliseconds } = report;
  const rows = {
    "Answered by": by,
    Network: model.network,
    Bundle: model.version,
    Runtime: `${model.runtime} on ${model.device}`,
    Picture: `${image.format}, ${image.width} × ${image.height} px`,
    Time: `${Math.round(milliseconds.total)} ms`,
  };
  for (const [name, value] of Object.entries(rows)) list.append(made("dt", name), made("dd", value));
  return list;
}

function warnings(texts: string[]): HTMLElement {
  const list = made("ul", "", "warnings");
  for (const text of texts) list.append(made("li", text));
  return list;
}

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  const block = made("section");
  block.append(made("h2", title), ...content);
  return block;
}

/** The sections that tell about the last check of a tab. */
export function lastCheckSections(last: LastCheck | null, now: number): HTMLElement[] {
  const top = made("section");
  if (!last) {
    top.append(made("p", "Nothing has been checked on this page yet."));
    top.append(made("p", "Right-click a picture of a face and choose “Check this face”.", "quiet"));
    top.append(
      made("p", "Is that not in the menu? Then the page covers the picture: open it in a tab of its own.", "quiet"),
    );
    return [top];
  }
  const lost = !last.outcome && now - last.startedAt > LOST_AFTER_MS;
  const outcome = lost ? LOST : last.outcome;
  const words = describe(outcome);
  const verdict = made("div", "", "verdict");
  verdict.dataset.tone = words.tone;
  const text = made("div");
  text.append(made("strong", words.title), made("span", words.detail, words.tone === "none" ? "quiet" : ""));
  verdict.append(sign(words.tone), text);
  top.append(verdict);
  if (outcome?.kind !== "report") return [top];

  const { report, serverFault } = outcome;
  const notes = [...report.evidence.map(evidenceText), ...report.warnings.map(warningText)];
  if (serverFault) notes.push(say("browser_instead", told(serverFault)));
  if (notes.length > 0) top.append(warnings(notes));
  const sections = [top];
  if (report.faces.length > 0) sections.push(section("Faces", faceTable(report)));
  sections.push(section("How", facts(report, who(outcome.by, report.model))));
  return sections;
}
