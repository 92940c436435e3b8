import type { Tone } from "./words";

const SVG = "http://www.w3.org/2000/svg";

const CIRCLE = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z";

// One outline a verdict, so that the colour is never needed to tell them apart.
const PATHS: Record<Tone, string[]> = {
  real: [CIRCLE, "m7.8 12.4 2.9 2.9 5.6-6"],
  fake: ["M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z", "m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4"],
  uncertain: [CIRCLE, "M9.4 9.6a2.7 2.7 0 1 1 3.9 2.4c-.9.5-1.3 1-1.3 2m0 2.7v.2"],
  none: [CIRCLE, "M8 12h8"],
  working: ["M12 3a9 9 0 1 1-9 9"],
};

/** The sign of a verdict; decoration only, the word beside it says the same. */
export function sign(tone: Tone): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", tone === "working" ? "sign turning" : "sign");
  for (const path of PATHS[tone]) {
    const line = document.createElementNS(SVG, "path");
    const drawn = {
      d: path,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": "2",
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    };
    for (const [name, value] of Object.entries(drawn)) line.setAttribute(name, value);
    svg.append(line);
  }
  return svg;
}
