import { svg } from "./dom.js";

// Each verdict has an outline of its own, so that the colour is not needed to tell them apart.
const SHAPES = {
  real: ["M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z", "m8 12.4 2.8 2.8L16 9.6"],
  fake: ["M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z", "m9 9 6 6M15 9l-6 6"],
  uncertain: ["M12 2.6 21.4 12 12 21.4 2.6 12Z", "M10.2 10.2a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.7-.9 1.4M12 16v.1"],
  none: ["M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z", "M8.5 12h7"],
  error: ["M12 3.4 21.6 20H2.4Z", "M12 10v4.4M12 17v.1"],
};

/** The sign of a verdict, drawn in the current colour; it says nothing to screen readers. */
export function verdictIcon(verdict) {
  const [outline, sign] = SHAPES[verdict] ?? SHAPES.none;
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: outline, class: "icon-outline" }),
    svg("path", { d: sign }),
  );
}
