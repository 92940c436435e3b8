import type { Box } from "./faces";
import type { CropRule } from "./manifest";

export interface Square {
  left: number;
  top: number;
  side: number;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Which way the top of a head points, by the quarter turns counterclockwise that make it upright. */
const UP = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/**
 * The square around a face that the network sees; it always lies inside the picture, and is raised towards the top of a
 * head that `turns` quarter turns counterclockwise make upright.
 */
export function cropSquare(box: Box, width: number, height: number, rule: CropRule, turns = 0): Square {
  const longer = Math.max(box.width, box.height);
  const [upX, upY] = UP[turns];
  const centreX = box.x + box.width / 2 + upX * rule.raise * longer;
  const centreY = box.y + box.height / 2 + upY * rule.raise * longer;
  const side = Math.floor(Math.min(rule.scale * longer, width, height) + 0.5);
  return {
    left: clamp(Math.floor(centreX - side / 2 + 0.5), 0, width - side),
    top: clamp(Math.floor(centreY - side / 2 + 0.5), 0, height - side),
    side,
  };
}
