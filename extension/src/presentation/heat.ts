import { heatColour } from "./palette";

// Strong enough to be seen, weak enough to see the face through it.
const MOST_OPAQUE = 0.72;

/** A heat map's cells as one pixel each, RGBA; whoever shows them enlarges them smoothly. */
export function heatPixels(rows: readonly (readonly number[])[]): {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
} {
  const cells = rows.flat();
  const [generated, photographed] = [heatColour("generated"), heatColour("photographed")];
  const data = new Uint8ClampedArray(cells.length * 4);
  for (const [at, probability] of cells.entries()) {
    const colour = probability >= 0.5 ? generated : photographed;
    data.set([...colour, Math.abs(probability - 0.5) * 2 * MOST_OPAQUE * 255], at * 4);
  }
  return { width: rows[0]?.length ?? 0, height: rows.length, data };
}
