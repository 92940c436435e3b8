import palette from "./palette.css";
import type { Tone } from "./words";

/** A colour of the palette that is the same in light and dark, as #rrggbb, for places that take no style sheet. */
function colour(name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(palette);
  if (!found) throw new Error(`palette.css has no --${name}`);
  return found[1];
}

/** The colour of a verdict under white letters, as #rrggbb. */
export function solid(tone: Tone): string {
  return colour(`solid-${tone === "working" || tone === "error" ? "none" : tone}`);
}

/** The colour in heat maps of what speaks for either, as red, green and blue, 0 to 255. */
export function heatColour(sign: "generated" | "photographed"): number[] {
  const [, ...digits] = /#(..)(..)(..)/.exec(colour(`heat-${sign}`)) ?? [];
  return digits.map((pair) => parseInt(pair, 16));
}
