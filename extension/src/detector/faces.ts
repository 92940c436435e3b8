import type { FaceDetector } from "./manifest";
import type { Pixels } from "./pixels";
import { resize } from "./resize";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  score: number;
}

/** Where the picture lies inside the face detector's square input. */
export interface Fit {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function fitInto(width: number, height: number, size: number, fit: FaceDetector["fit"]): Fit {
  if (fit === "stretch") return { left: 0, top: 0, width: size, height: size };
  const longer = Math.max(width, height);
  const newWidth = Math.max(1, Math.floor((width * size) / longer + 0.5));
  const newHeight = Math.max(1, Math.floor((height * size) / longer + 0.5));
  return {
    left: Math.floor((size - newWidth) / 2),
    top: Math.floor((size - newHeight) / 2),
    width: newWidth,
    height: newHeight,
  };
}

/** The face detector's input: float32 RGB 0..255, size x size, black beside the picture. */
export function detectorInput(picture: Pixels, size: number, fit: Fit): Float32Array {
  const small = resize(picture, fit.width, fit.height);
  const input = new Float32Array(size * size * 3);
  for (let row = 0; row < fit.height; row++) {
    const from = row * fit.width * 3;
    input.set(small.data.subarray(from, from + fit.width * 3), ((fit.top + row) * size + fit.left) * 3);
  }
  return input;
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}

/** The mean of boxes around one face, weighted by score, under the best score: as the training faces were found. */
function blend(boxes: Box[]): Box {
  const total = boxes.reduce((sum, box) => sum + box.score, 0);
  const mean = (pick: (box: Box) => number): number =>
    boxes.reduce((sum, box) => sum + pick(box) * box.score, 0) / total;
  return {
    score: boxes[0].score,
    x: mean((box) => box.x),
    y: mean((box) => box.y),
    width: mean((box) => box.width),
    height: mean((box) => box.height),
  };
}

const ROW = 5;

/**
 * `anchors` are rows of score, x, y, width, height as fractions of the input square.
 * Gives the boxes that remain in pixels of the picture, largest area first.
 */
export function chooseFaces(
  anchors: ArrayLike<number>,
  picture: { width: number; height: number },
  fit: Fit,
  rule: Pick<FaceDetector, "input_size" | "score_threshold" | "iou_threshold">,
): Box[] {
  const candidates: Box[] = [];
  for (let at = 0; at + ROW <= anchors.length; at += ROW) {
    const score = anchors[at];
    if (score < rule.score_threshold) continue;
    candidates.push({ score, x: anchors[at + 1], y: anchors[at + 2], width: anchors[at + 3], height: anchors[at + 4] });
  }
  candidates.sort((a, b) => b.score - a.score);
  const kept: Box[] = [];
  for (let left = candidates; left.length > 0;) {
    const best = left[0];
    const same = left.filter((box) => box === best || overlap(best, box) > rule.iou_threshold);
    kept.push(blend(same));
    left = left.filter((box) => !same.includes(box));
  }
  const scaleX = picture.width / fit.width;
  const scaleY = picture.height / fit.height;
  return kept
    .map((box) => ({
      score: box.score,
      x: (box.x * rule.input_size - fit.left) * scaleX,
      y: (box.y * rule.input_size - fit.top) * scaleY,
      width: box.width * rule.input_size * scaleX,
      height: box.height * rule.input_size * scaleY,
    }))
    .sort((a, b) => b.width * b.height - a.width * a.height);
}
