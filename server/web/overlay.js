import { html, svg } from "./dom.js";
import { verdictIcon } from "./icons.js";

const FAKE = [226, 74, 51];
const REAL = [0, 140, 158];
// Strong enough to be seen, weak enough to see the face through it.
const MOST_OPAQUE = 0.72;
// Share of the picture's height that a face's sign needs above it.
const ROOM_FOR_TAG = 0.1;

/** The faces of a picture as frames with a sign, for laying over the picture. */
export function drawBoxes(report) {
  const { width, height } = report.image;
  const frames = svg("svg", { class: "frames", viewBox: `0 0 ${width} ${height}` });
  const layer = html("div", { class: "layer", "aria-hidden": "true" }, frames);
  for (const [index, face] of report.faces.entries()) {
    const [x, y, w, h] = face.box;
    const place = { x, y, width: w, height: h, rx: Math.min(w, h) * 0.04 };
    frames.append(svg("rect", { ...place, class: "halo" }), svg("rect", { ...place, class: `frame ${face.verdict}` }));
    const number = report.faces.length > 1 ? String(index + 1) : "";
    const above = y > height * ROOM_FOR_TAG ? "above" : "";
    const tag = html("span", { class: `tag ${face.verdict} ${above}` }, verdictIcon(face.verdict), number);
    tag.style.left = percentOf(Math.max(0, x), width);
    tag.style.top = percentOf(Math.max(0, y), height);
    layer.append(tag);
  }
  return layer;
}

/** The heat maps of the judged faces, for laying over the picture; null if there is none. */
export function drawHeatmaps(report) {
  const faces = report.faces.filter((face) => face.heatmap?.length);
  if (faces.length === 0) {
    return null;
  }
  const { width, height } = report.image;
  const layer = html("div", { class: "layer heat", "aria-hidden": "true" });
  for (const { crop, heatmap } of faces) {
    const canvas = drawHeatmap(heatmap);
    const [x, y, w, h] = crop;
    canvas.style.left = percentOf(x, width);
    canvas.style.top = percentOf(y, height);
    canvas.style.width = percentOf(w, width);
    canvas.style.height = percentOf(h, height);
    layer.append(canvas);
  }
  return layer;
}

// One pixel a cell: the browser's smooth enlarging does the rest.
function drawHeatmap(rows) {
  const canvas = html("canvas", { width: rows[0].length, height: rows.length });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(rows[0].length, rows.length);
  for (const [index, probability] of rows.flat().entries()) {
    const colour = probability >= 0.5 ? FAKE : REAL;
    const opacity = Math.abs(probability - 0.5) * 2 * MOST_OPAQUE * 255;
    pixels.data.set([...colour, opacity], index * 4);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function percentOf(part, whole) {
  return `${(part / whole) * 100}%`;
}
