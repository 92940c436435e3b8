import palette from "./palette.css";
import type { Tone } from "./words";

/** The colour of a verdict under white letters, as #rrggbb, for places that take no style sheet. */
export function solid(tone: Tone): string {
  const name = tone === "working" || tone === "error" ? "none" : tone;
  const found = new RegExp(`--solid-${name}: (#[0-9a-f]{6});`).exec(palette);
  if (!found) throw new Error(`palette.css has no --solid-${name}`);
  return found[1];
}
