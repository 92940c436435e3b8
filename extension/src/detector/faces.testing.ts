import type { FaceGraph } from "./faces";
import type { FaceDetector } from "./manifest";
import type { Pixels } from "./pixels";

/** The rule of the tests; what it says differs from the bundle's as little as may be. */
export const RULE: FaceDetector = {
  name: "tested",
  input_size: 256,
  score_threshold: 0.4,
  iou_threshold: 0.3,
  blend_score: 0.6,
  search: {
    smallest_size: 14,
    best_size: 64,
    confirmed_score: 0.8,
    turned_score: 0.86,
    doubtful_score: 0.4,
    hopeful_score: 0.55,
    sure_score: 0.88,
    max_tilt: 60,
    piece_share: 0.6,
    finer_by: 1.2,
    coarser_by: 3,
    overlap: 64,
    max_tiles: 160,
    max_candidates: 120,
    max_seconds: 60,
  },
  files: { tfjs: { model: "", outputs: {} } },
  golden: { pictures: "", max_delta: 0, faces: { tfjs: [] } },
};

const POINTS = [0.3, 0.35, 0.7, 0.35, 0.5, 0.6, 0.5, 0.8, 0.05, 0.45, 0.95, 0.45];

/** A row of the face detector's output for an upright face. */
export function row(score: number, x: number, y: number, width: number, height: number): number[] {
  return [score, x, y, width, height, ...POINTS.map((at, i) => (i % 2 ? y + at * height : x + at * width))];
}

/** A face detector that answers with the given rows, look after look, and then with nothing. */
export function answers(...looks: number[][][]): FaceGraph & { looks: () => number } {
  let looked = 0;
  const graph = (): Promise<number[]> => Promise.resolve((looks[looked++] ?? []).flat());
  return Object.assign(graph, { looks: () => looked });
}

export function blank(width: number, height: number): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3).fill(255) };
}
