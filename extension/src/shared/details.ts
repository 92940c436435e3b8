import { percent, say } from "../presentation/messages";
import { place, zones } from "../presentation/meter";
import type { Evidence, FaceReport } from "../presentation/report.generated";
import { sign } from "../presentation/sign";
import { evidenceText, headline, runtimeName, toneOf, verdictName, warningText } from "../presentation/words";
import { describe, told, who } from "./describe";
import { made } from "./dom";
import type { Answered } from "./outcome";

/** The probability in its place between the bands: how near a verdict is to being another one. Null without a face judged. */
export function meter({ report: { probability_fake: probability }, bands }: Answered): HTMLElement | null {
  if (probability === null || !bands) return null;
  const bar = made("div", "", "meter");
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", say("meter_label", percent(probability)));
  for (const [name, share] of Object.entries(zones(bands))) {
    const zone = made("span", "", `zone ${name}`);
    zone.style.flexGrow = String(share);
    bar.append(zone);
  }
  const marker = made("span", "", "marker");
  marker.style.insetInlineStart = `${place(probability) * 100}%`;
  bar.append(marker);
  return bar;
}

export function evidenceItem(evidence: Evidence): HTMLElement {
  return made("p", evidenceText(evidence), `evidence ${evidence.strength} ${evidence.proves}`);
}

/** What must not be overlooked, whoever opens no details. */
export function conspicuous({ report }: Answered): HTMLElement[] {
  const found = report.evidence.filter(({ strength }) => strength !== "weak").map(evidenceItem);
  // Whatever the network says of such a face, it gets no verdict.
  const drawn = report.verdict === "uncertain" && report.warnings.find(({ code }) => code === "drawn");
  return drawn ? [...found, made("p", warningText(drawn), "doubt")] : found;
}

function reservations({ report, serverFault }: Answered): string[] {
  // Once each: of several faces, many may be small or turned.
  const texts = [...new Set(report.warnings.map(warningText))];
  return serverFault ? [...texts, say("browser_instead", told(serverFault))] : texts;
}

function faceRow(face: FaceReport, at: number): HTMLElement {
  const [, , width, height] = face.box;
  const row = made("tr");
  const verdict = made("td", "", toneOf(face.verdict));
  verdict.append(sign(toneOf(face.verdict)), verdictName(face.verdict));
  row.append(
    made("td", say("face_label", at + 1, Math.round(width), Math.round(height))),
    verdict,
    made("td", face.probability_fake === null ? "–" : percent(face.probability_fake)),
  );
  return row;
}

function faceTable(faces: readonly FaceReport[]): HTMLElement {
  const table = made("table");
  const head = made("tr");
  for (const column of ["face_column", "verdict_column", "generated_column"] as const) {
    const cell = made("th", say(column));
    cell.setAttribute("scope", "col");
    head.append(cell);
  }
  table.append(head, ...faces.map(faceRow));
  return table;
}

function facts({ report: { model, image, milliseconds }, by }: Answered): [name: string, value: string][] {
  return [
    [say("fact_by"), who(by, model)],
    [say("fact_network"), model.network],
    [say("fact_bundle"), model.version],
    [say("fact_runtime"), say("runtime_on", runtimeName(model.runtime), model.device)],
    [say("fact_picture"), say("picture_size", image.format, image.width, image.height)],
    [say("fact_time"), say("milliseconds", Math.round(milliseconds.total))],
  ];
}

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  const block = made("section");
  block.append(made("h2", title), ...content);
  return block;
}

/** Everything that a verdict rests on, as sections. */
export function detailSections(answered: Answered): HTMLElement[] {
  const { report } = answered;
  const sections: HTMLElement[] = [];
  if (report.evidence.length > 0) {
    sections.push(section(say("evidence_title"), ...report.evidence.map(evidenceItem)));
  }
  const list = made("ul", "", "warnings");
  list.append(...reservations(answered).map((text) => made("li", text)));
  if (list.hasChildNodes()) sections.push(section(say("trust_title"), list));
  if (report.faces.length > 0) sections.push(section(say("faces_title"), faceTable(report.faces)));
  const rows = made("dl");
  for (const [name, value] of facts(answered)) rows.append(made("dt", name), made("dd", value));
  sections.push(section(say("how_title"), rows, made("p", say("may_be_wrong"), "small")));
  return sections;
}

/** The same as plain text, without the picture and without where it lies. */
export function asText(answered: Answered): string {
  const { title, detail } = describe(answered);
  const { report } = answered;
  return [
    `${title}. ${detail}`,
    ...report.evidence.map(evidenceText),
    ...reservations(answered),
    ...(report.faces.length > 1 ? report.faces.map((face, at) => `${at + 1}. ${headline(face)}`) : []),
    ...facts(answered).map(([name, value]) => `${name}: ${value}`),
    `SHA-256: ${report.image.sha256}`,
    say("may_be_wrong"),
  ].join("\n");
}
