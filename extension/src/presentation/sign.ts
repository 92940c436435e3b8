import type { Tone } from "./words";

const SVG = "http://www.w3.org/2000/svg";

const CIRCLE = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z";

// The outline first, one for each verdict, so that the colour is never needed to tell them apart.
const PATHS: Record<Tone, [outline: string, ...inside: string[]]> = {
  real: [CIRCLE, "m7.8 12.4 2.9 2.9 5.6-6"],
  fake: ["M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z", "m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4"],
  uncertain: ["M12 2.6 21.4 12 12 21.4 2.6 12Z", "M10.2 10.2a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.7-.9 1.4M12 16v.1"],
  none: [CIRCLE, "M8 12h8"],
  error: ["M12 3.4 21.6 20H2.4Z", "M12 10v4.4M12 17v.1"],
  working: ["M12 3a9 9 0 1 1-9 9"],
};

/** The sign of a verdict in the current colour; decoration only, the word beside it says the same. */
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
