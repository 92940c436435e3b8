import { heatPixels } from "../../../extension/src/presentation/heat";
import type { FaceReport, Report } from "../../../extension/src/presentation/report.generated";
import { sign } from "../../../extension/src/presentation/sign";
import { toneOf } from "../../../extension/src/presentation/words";
import { html, svg } from "./dom";

// Share of the picture's height that a face's sign needs above it.
const ROOM_FOR_TAG = 0.1;

/** The faces of a picture as frames with a sign, for laying over the picture. */
export function drawBoxes({ image: { width, height }, faces }: Report): HTMLElement {
  const frames = svg("svg", { class: "frames", viewBox: `0 0 ${width} ${height}` });
  const layer = html("div", { class: "layer", "aria-hidden": "true" }, frames);
  for (const [index, face] of faces.entries()) {
    const [x, y, w, h] = face.box;
    const place = { x, y, width: w, height: h, rx: Math.min(w, h) * 0.04 };
    frames.append(svg("rect", { ...place, class: "halo" }), svg("rect", { ...place, class: `frame ${face.verdict}` }));
    const number = faces.length > 1 ? String(index + 1) : "";
    const above = y > height * ROOM_FOR_TAG ? "above" : "";
    const tag = html("span", { class: `tag ${face.verdict} ${above}` }, sign(toneOf(face.verdict)), number);
    tag.style.left = percentOf(Math.max(0, x), width);
    tag.style.top = percentOf(Math.max(0, y), height);
    layer.append(tag);
  }
  return layer;
}

/** The heat maps of the judged faces, for laying over the picture; null if there is none. */
export function drawHeatmaps({ image: { width, height }, faces }: Report): HTMLElement | null {
  const layer = html("div", { class: "layer heat", "aria-hidden": "true" });
  for (const { crop, heatmap } of faces) {
    if (!heatmap?.length) continue;
    const canvas = drawHeatmap(heatmap);
    const [x, y, w, h] = crop;
    canvas.style.left = percentOf(x, width);
    canvas.style.top = percentOf(y, height);
    canvas.style.width = percentOf(w, width);
    canvas.style.height = percentOf(h, height);
    layer.append(canvas);
  }
  return layer.hasChildNodes() ? layer : null;
}

// One pixel a cell: the browser's smooth enlarging does the rest.
function drawHeatmap(rows: NonNullable<FaceReport["heatmap"]>): HTMLCanvasElement {
  const { width, height, data } = heatPixels(rows);
  const canvas = html("canvas", { width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

function percentOf(part: number, whole: number): string {
  return `${(part / whole) * 100}%`;
}
