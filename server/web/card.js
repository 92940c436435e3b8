import { html } from "./dom.js";
import { verdictIcon } from "./icons.js";
import { drawBoxes, drawHeatmaps } from "./overlay.js";
import * as words from "./words.js";

let cards = 0;

/** The card of one picture: first waiting, then with its report or its error. */
export class Card {
  /** `onRemove` and `onRetry` are called without arguments when the person asks for it. */
  constructor(file, { onRemove, onRetry }) {
    this.file = file;
    this.name = file.name || "Pasted picture";
    this.url = URL.createObjectURL(file);
    this.onRetry = onRetry;
    const id = `card-${(cards += 1)}`;
    this.stage = html("div", { class: "stage" }, this.#picture());
    this.answer = html("div", { class: "answer" });
    this.remove = html("button", { class: "remove", type: "button", "aria-label": `Remove ${this.name}` }, "×");
    this.remove.addEventListener("click", onRemove);
    this.element = html(
      "li",
      { class: "card", "aria-labelledby": id },
      html("figure", { class: "picture" }, this.stage),
      html(
        "div",
        { class: "text" },
        html("div", { class: "card-head" }, html("h3", { id, title: this.name }, this.name), this.remove),
        this.answer,
      ),
    );
    this.showWaiting();
  }

  showWaiting() {
    this.element.setAttribute("aria-busy", "true");
    this.answer.replaceChildren(html("p", { class: "waiting" }, "Checking…"));
  }

  /** `model` is the server's description, null if it is not known. */
  showReport(report, model) {
    const heat = drawHeatmaps(report);
    this.stage.append(...[heat, drawBoxes(report)].filter((layer) => layer !== null));
    const bands = model?.networks[report.model.network]?.bands;
    const parts = [
      verdictLine(report.verdict, words.headline(report)),
      html("p", { class: "meaning" }, words.meaning(report, model?.crop.min_side)),
      bands && report.probability_fake !== null ? scale(report.probability_fake, bands) : null,
      ...report.warnings.map((warning) => html("p", { class: "warning" }, words.warningText(warning))),
      report.faces.length > 1 ? faceList(report.faces) : null,
      heat ? heatSwitch(heat, this.stage) : null,
      basisLine(report),
      details(report),
    ];
    this.#show(report.verdict, parts);
  }

  showError(problem, model) {
    const retry = html("button", { class: "button", type: "button" }, "Try again");
    retry.addEventListener("click", this.onRetry);
    const worthRetrying = ["unreachable", "unauthorized", "internal_error", "engine_unavailable", "unknown"].includes(
      problem.code,
    );
    this.#show("error", [
      verdictLine("error", words.verdictName("error")),
      html("p", { class: "meaning" }, words.errorText(problem, model?.picture)),
      worthRetrying ? retry : null,
    ]);
  }

  /** Free the picture; the card is not used afterwards. */
  dispose() {
    URL.revokeObjectURL(this.url);
    this.element.remove();
  }

  #show(verdict, parts) {
    this.element.removeAttribute("aria-busy");
    this.element.dataset.verdict = verdict;
    this.answer.replaceChildren(...parts.filter((part) => part !== null));
  }

  #picture() {
    const image = html("img", { src: this.url, alt: this.name });
    image.addEventListener("error", () => {
      image.replaceWith(html("p", { class: "unshown" }, "This browser cannot show the file"));
    });
    return image;
  }
}

function verdictLine(verdict, text) {
  return html("p", { class: `verdict ${verdict}` }, verdictIcon(verdict), text);
}

// Log odds at the ends of the scale: 0.1 % and 99.9 %.
const SCALE_END = Math.log(999);

// Where a probability lies on the scale, from 0 to 1. By log odds: by probability, the bands of sure answers at both ends
// would be too narrow to see where in them an answer lies.
function place(probability) {
  const logOdds = Math.log(probability / (1 - probability));
  return (Math.min(Math.max(logOdds, -SCALE_END), SCALE_END) / SCALE_END + 1) / 2;
}

// The number in its place between the bands: shows how near a verdict is to being another one.
function scale(probability, { real_below: realBelow, fake_from: fakeFrom }) {
  const zone = (name, share) => {
    const element = html("span", { class: `zone ${name}` }, words.verdictName(name));
    element.style.flexGrow = String(share);
    return element;
  };
  const marker = html("span", { class: "marker" });
  marker.style.left = `${place(probability) * 100}%`;
  return html(
    "div",
    { class: "scale", role: "img", "aria-label": `Probability that the face is fake: ${words.percent(probability)}` },
    marker,
    zone("real", place(realBelow)),
    zone("uncertain", place(fakeFrom) - place(realBelow)),
    zone("fake", 1 - place(fakeFrom)),
  );
}

function faceList(faces) {
  const items = faces.map((face) =>
    html("li", { class: face.verdict }, verdictIcon(face.verdict), words.headline(face)),
  );
  return html("ol", { class: "faces", "aria-label": "Faces, largest first" }, ...items);
}

function heatSwitch(heat, stage) {
  const input = html("input", { type: "checkbox", role: "switch" });
  const legend = html(
    "p",
    { class: "legend", hidden: true },
    html("span", {}, "photographed"),
    html("span", { class: "ramp", "aria-hidden": "true" }),
    html("span", {}, "generated"),
  );
  input.addEventListener("change", () => {
    stage.classList.toggle("heated", input.checked);
    legend.hidden = !input.checked;
  });
  return html("div", { class: "heat-switch" }, html("label", {}, input, "Heat map"), legend);
}

function basisLine(report) {
  return html("p", { class: "basis" }, words.basis(report).join(" · "));
}

function details({ image, model, milliseconds }) {
  const rows = [
    ["Device", model.device],
    ["Picture", `${image.width} × ${image.height} pixels, ${image.format}`],
    ["Time", ["decode", "faces", "network"].map((stage) => `${stage} ${milliseconds[stage].toFixed(1)} ms`).join(", ")],
    ["SHA-256", image.sha256],
  ];
  return html(
    "details",
    {},
    html("summary", {}, "Details"),
    html("dl", {}, ...rows.flatMap(([term, text]) => [html("dt", {}, term), html("dd", {}, text)])),
  );
}
