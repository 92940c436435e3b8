import { percent, say } from "../../../extension/src/presentation/messages";
import { place, zones, type Bands } from "../../../extension/src/presentation/meter";
import type { Evidence, FaceReport, Report } from "../../../extension/src/presentation/report.generated";
import { sign } from "../../../extension/src/presentation/sign";
import {
  evidenceText,
  headline,
  meaning,
  runtimeName,
  toneOf,
  verdictName,
  warningText,
  type Tone,
} from "../../../extension/src/presentation/words";
import type { Model, Problem, ProblemCode } from "./api";
import { html } from "./dom";
import { errorText } from "./errors";
import { drawBoxes, drawHeatmaps } from "./overlay";

const WORTH_RETRYING: ProblemCode[] = [
  "unreachable",
  "unauthorized",
  "internal_error",
  "engine_unavailable",
  "unknown",
];

interface Wishes {
  onRemove: () => void;
  onRetry: () => void;
}

let cards = 0;

/** The card of one picture: first waiting, then with its report or its error. */
export class Card {
  readonly name: string;
  readonly element: HTMLElement;
  private readonly url: string;
  private readonly stage: HTMLElement;
  private readonly answer = html("div", { class: "answer" });

  constructor(
    readonly file: File,
    private readonly wishes: Wishes,
  ) {
    this.name = file.name || "Pasted picture";
    this.url = URL.createObjectURL(file);
    const id = `card-${(cards += 1)}`;
    this.stage = html("div", { class: "stage" }, this.picture());
    const remove = html("button", { class: "remove", type: "button", "aria-label": `Remove ${this.name}` }, "×");
    remove.addEventListener("click", wishes.onRemove);
    this.element = html(
      "li",
      { class: "card", "aria-labelledby": id },
      html("figure", { class: "picture" }, this.stage),
      html(
        "div",
        { class: "text" },
        html("div", { class: "card-head" }, html("h3", { id, title: this.name }, this.name), remove),
        this.answer,
      ),
    );
    this.showWaiting();
  }

  showWaiting(): void {
    this.element.setAttribute("aria-busy", "true");
    this.answer.replaceChildren(html("p", { class: "waiting" }, "Checking…"));
  }

  /** `model` is the server's description, null if it is not known. */
  showReport(report: Report, model: Model | null): void {
    const heat = drawHeatmaps(report);
    this.stage.append(...[heat, drawBoxes(report)].filter((layer) => layer !== null));
    const bands = model?.networks[report.model.network]?.bands;
    this.show(report.verdict, [
      verdictLine(
        toneOf(report.verdict),
        report.verdict_by === "evidence" ? verdictName(report.verdict) : headline(report),
      ),
      html("p", { class: "meaning" }, meaning(report)),
      ...report.evidence.map(evidenceLine),
      bands && report.probability_fake !== null ? scale(report.probability_fake, bands) : null,
      ...report.warnings.map((warning) => html("p", { class: "warning" }, warningText(warning))),
      report.faces.length > 1 ? faceList(report.faces) : null,
      heat ? heatSwitch(this.stage) : null,
      basisLine(report),
      details(report),
    ]);
  }

  showError(problem: Problem, model: Model | null): void {
    const retry = html("button", { class: "button", type: "button" }, "Try again");
    retry.addEventListener("click", this.wishes.onRetry);
    this.show("error", [
      verdictLine("error", verdictName("error")),
      html("p", { class: "meaning" }, errorText(problem, model?.picture)),
      WORTH_RETRYING.includes(problem.code) ? retry : null,
    ]);
  }

  /** Free the picture; the card is not used afterwards. */
  dispose(): void {
    URL.revokeObjectURL(this.url);
    this.element.remove();
  }

  private show(verdict: Report["verdict"] | "error", parts: (HTMLElement | null)[]): void {
    this.element.removeAttribute("aria-busy");
    this.element.dataset.verdict = verdict;
    this.answer.replaceChildren(...parts.filter((part) => part !== null));
  }

  private picture(): HTMLElement {
    const image = html("img", { src: this.url, alt: this.name });
    image.addEventListener("error", () => {
      image.replaceWith(html("p", { class: "unshown" }, "This browser cannot show the file"));
    });
    return image;
  }
}

function verdictLine(tone: Tone, text: string): HTMLElement {
  return html("p", { class: `verdict ${tone}` }, sign(tone), text);
}

function evidenceLine(evidence: Evidence): HTMLElement {
  return html("p", { class: `evidence ${evidence.strength} ${evidence.proves}` }, evidenceText(evidence));
}

// The number in its place between the bands: shows how near a verdict is to being another one.
function scale(probability: number, bands: Bands): HTMLElement {
  const marker = html("span", { class: "marker" });
  marker.style.left = `${place(probability) * 100}%`;
  const parts = Object.entries(zones(bands)).map(([name, share]) => {
    const zone = html("span", { class: `zone ${name}` }, verdictName(name as keyof ReturnType<typeof zones>));
    zone.style.flexGrow = String(share);
    return zone;
  });
  const label = say("meter_label", percent(probability));
  return html("div", { class: "scale", role: "img", "aria-label": label }, marker, ...parts);
}

function faceList(faces: FaceReport[]): HTMLElement {
  const items = faces.map((face) =>
    html("li", { class: toneOf(face.verdict) }, sign(toneOf(face.verdict)), headline(face)),
  );
  return html("ol", { class: "faces", "aria-label": "Faces, largest first" }, ...items);
}

function heatSwitch(stage: HTMLElement): HTMLElement {
  const input = html("input", { type: "checkbox", role: "switch" });
  const legend = html(
    "p",
    { class: "legend", hidden: true },
    html("span", {}, say("heat_photographed")),
    html("span", { class: "ramp", "aria-hidden": "true" }),
    html("span", {}, say("heat_generated")),
  );
  input.addEventListener("change", () => {
    stage.classList.toggle("heated", input.checked);
    legend.hidden = !input.checked;
  });
  return html("div", { class: "heat-switch" }, html("label", {}, input, "Heat map"), legend);
}

function basisLine({ model, milliseconds }: Report): HTMLElement {
  const basis = [
    model.network,
    `bundle ${model.version}`,
    runtimeName(model.runtime),
    `${Math.round(milliseconds.total)} ms`,
  ];
  return html("p", { class: "basis" }, basis.join(" · "));
}

function details({ image, model, milliseconds }: Report): HTMLElement {
  const stages = (["decode", "faces", "network"] as const).map(
    (stage) => `${stage} ${milliseconds[stage].toFixed(1)} ms`,
  );
  const rows = {
    Device: model.device,
    Picture: `${image.width} × ${image.height} pixels, ${image.format}`,
    Time: stages.join(", "),
    "SHA-256": image.sha256,
  };
  return html(
    "details",
    {},
    html("summary", {}, "Details"),
    html("dl", {}, ...Object.entries(rows).flatMap(([term, text]) => [html("dt", {}, term), html("dd", {}, text)])),
  );
}
