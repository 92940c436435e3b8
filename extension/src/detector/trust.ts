import type { Warning } from "../presentation/report.generated";
import type { Square } from "./crop";
import { rollOf, turnsOf, type Face, type Point } from "./faces";
import type { CoveredRule, Network, TrustRule } from "./manifest";
import { cut, type Pixels } from "./pixels";
import { reduce } from "./resize";

/** Whether a face, upright by quarter turns, is still turned further than the network was measured. */
export function isTilted(face: Face, { max_roll: most }: Pick<Network, "max_roll">): boolean {
  return most !== undefined && Math.abs(rollOf(face)) > most;
}

/** Which part of the face's box lies beyond the picture, 0 to 1. */
export function cutOff({ box }: Face, width: number, height: number): number {
  const insideX = Math.max(0, Math.min(box.x + box.width, width) - Math.max(box.x, 0));
  const insideY = Math.max(0, Math.min(box.y + box.height, height) - Math.max(box.y, 0));
  return 1 - (insideX * insideY) / (box.width * box.height);
}

/** How far the nose is from the middle between the eyes, along their line, in distances of the eyes. */
export function turnedAway({ points: [left, right, nose] }: Face): number {
  const x = right[0] - left[0];
  const y = right[1] - left[1];
  const along = (nose[0] - (left[0] + right[0]) / 2) * x + (nose[1] - (left[1] + right[1]) / 2) * y;
  return Math.abs(along) / Math.max(x * x + y * y, 1e-9);
}

/** The mean difference between the largest and the smallest of a pixel's three values, 0 to 255. */
export function chroma({ data }: Pixels): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    sum += Math.max(red, green, blue) - Math.min(red, green, blue);
  }
  return sum / (data.length / 3);
}

/** The side of JPEG's blocks. */
const BLOCK = 8;

/** ITU-R BT.601. */
function lumaOf({ width, height, data }: Pixels): Int32Array {
  const luma = new Int32Array(width * height);
  for (let at = 0; at < luma.length; at++) {
    luma[at] = Math.floor((data[3 * at] * 299 + data[3 * at + 1] * 587 + data[3 * at + 2] * 114) / 1000);
  }
  return luma;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at];
  return sum / values.length;
}

function laplacianPower(luma: Int32Array, width: number, height: number): number {
  let power = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      power += (4 * luma[at] - luma[at - width] - luma[at + width] - luma[at - 1] - luma[at + 1]) ** 2;
    }
  }
  return power / ((width - 2) * (height - 2));
}

/** The power of the luma's Laplacian over the luma's variance, as in a square of `side` pixels. */
export function sharpness(pixels: Pixels, side: number): number {
  const { width, height } = pixels;
  const luma = lumaOf(pixels);
  const mean = meanOf(luma);
  const variance = luma.reduce((total, value) => total + (value - mean) ** 2, 0) / luma.length;
  // Where much is blurred, the power falls with the fourth power of the size that the same face is shown at.
  return (laplacianPower(luma, width, height) / Math.max(variance, 1e-9)) * (width / side) ** 4;
}

/** The middle of a square crop, at most `most` pixels high and wide: a large face costs no more. */
export function middle(crop: Pixels, most: number): Pixels {
  const side = Math.min(crop.width, most);
  const start = Math.floor((crop.width - side) / 2);
  return cut(crop, start, start, side, side);
}

/** Of lines `step` apart, whose pixels lie `along` apart: the means of the differences from each pixel to the next. */
function differences(luma: Int32Array, side: number, along: number, step: number): number[] {
  return Array.from({ length: side - 1 }, (_, at) => {
    let sum = 0;
    for (let line = 0; line < side; line++) {
      const from = line * step + at * along;
      sum += Math.abs(luma[from + along] - luma[from]);
    }
    return sum / side;
  });
}

/**
 * How much more neighbours differ across the edges of blocks of 8 pixels, wherever these begin, than elsewhere: the mean
 * over both directions of (differences at the edges - those elsewhere) / mean difference of the luma.
 */
export function blockiness(pixels: Pixels): number {
  const side = pixels.width;
  if (side <= 2 * BLOCK) return 0;
  const luma = lumaOf(pixels);
  const shares = [differences(luma, side, 1, side), differences(luma, side, side, 1)].map((means) => {
    const phases = Array.from({ length: BLOCK }, (_, phase) => meanOf(means.filter((_, at) => at % BLOCK === phase)));
    const edges = Math.max(...phases);
    const mean = meanOf(phases);
    const elsewhere = (mean * BLOCK - edges) / (BLOCK - 1);
    return (edges - elsewhere) / Math.max(mean, 1e-9);
  });
  return meanOf(shares);
}

/** The power of the luma's Laplacian over that at half the size: low where neighbours were interpolated. */
export function fineness(pixels: Pixels): number {
  const half = reduce(pixels, 2);
  const power = ({ width, height }: Pixels, luma: Int32Array): number => laplacianPower(luma, width, height);
  return power(pixels, lumaOf(pixels)) / Math.max(power(half, lumaOf(half)), 1e-9);
}

/** The mean luma, 0 to 255, of the inner half of a crop's height and width, and which part of it has `least`, 0 to 1. */
export function exposure(pixels: Pixels, least: number): { brightness: number; white: number } {
  const margin = Math.floor(pixels.width / 4);
  const side = pixels.width - 2 * margin;
  const luma = lumaOf(cut(pixels, margin, margin, side, side));
  return { brightness: meanOf(luma), white: luma.filter((value) => value >= least).length / luma.length };
}

/** The mean of blue and of red less luma, and the luma's deviation, of a square around a point; null beyond the picture. */
function patchOf(
  pixels: Pixels,
  [x, y]: Point,
  radius: number,
): { blue: number; red: number; deviation: number } | null {
  const top = Math.max(0, Math.floor(y - radius));
  const left = Math.max(0, Math.floor(x - radius));
  const bottom = Math.min(pixels.height, Math.ceil(y + radius));
  const right = Math.min(pixels.width, Math.ceil(x + radius));
  if (bottom <= top || right <= left) return null;
  const patch = cut(pixels, left, top, right - left, bottom - top);
  const luma = lumaOf(patch);
  const mean = meanOf(luma);
  return {
    blue: meanOf(luma.map((value, at) => patch.data[3 * at + 2] - value)),
    red: meanOf(luma.map((value, at) => patch.data[3 * at] - value)),
    deviation: Math.sqrt(luma.reduce((sum, value) => sum + (value - mean) ** 2, 0) / luma.length),
  };
}

/**
 * What tells a covered mouth and nose, of key points in what the network saw: the distance in colour from the brow to the
 * chin and to the nose, the logarithm of the mouth's deviation in luma, and by how much mouth and chin are redder than the
 * brow; null where one of them lies beyond the crop.
 */
export function covering(
  pixels: Pixels,
  [left, right, nose, mouth]: readonly Point[],
  rule: CoveredRule,
): number[] | null {
  const eyes: Point = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
  const radius = rule.patch * Math.hypot(right[0] - left[0], right[1] - left[1]);
  const beyond = (from: Point, to: Point, share: number): Point => [
    to[0] + (to[0] - from[0]) * share,
    to[1] + (to[1] - from[1]) * share,
  ];
  const brow = patchOf(pixels, beyond(mouth, eyes, rule.brow), radius);
  const tip = patchOf(pixels, nose, radius);
  const lips = patchOf(pixels, mouth, radius);
  const chin = patchOf(pixels, beyond(nose, mouth, rule.chin), radius);
  if (!brow || !tip || !lips || !chin) return null;
  return [
    Math.hypot(chin.blue - brow.blue, chin.red - brow.red),
    Math.hypot(tip.blue - brow.blue, tip.red - brow.red),
    Math.log(1 + lips.deviation),
    lips.red - brow.red,
    chin.red - brow.red,
  ];
}

/** Whether something seems to cover mouth and nose, of key points in what the network saw. */
export function isCovered(pixels: Pixels, points: readonly Point[], rule: CoveredRule): boolean {
  const { weights } = rule;
  const told = covering(pixels, points, rule);
  return told !== null && told.reduce((sum, value, at) => sum + weights[at] * value, weights[told.length]) > 0;
}

/** The key points of a face in its crop, made upright and resized to `size`. */
function inCrop(face: Face, { left, top, side }: Square, size: number): Point[] {
  return face.points.map(([x, y]) => {
    let point: Point = [((x - left) * size) / side, ((y - top) * size) / side];
    for (let done = 0; done < turnsOf(face); done++) point = [point[1], size - point[0]];
    return point;
  });
}

/**
 * What lowers the trust in the verdict on a face, each by a measured rule; the twin of the Python detector's `trust.py`.
 * `seen` is what the network saw, `stored` the `middle` of the crop as the picture holds it, `picture` the size of it.
 */
export function faceWarnings(
  face: Face,
  square: Square,
  seen: Pixels,
  stored: Pixels,
  picture: { width: number; height: number },
  rule: TrustRule,
  network: Pick<Network, "max_roll" | "input_size">,
): Warning[] {
  const warnings: Warning[] = [];
  const { side } = square;
  const size = network.input_size;
  const turns = turnsOf(face);
  const tilt = Math.floor(Math.abs(rollOf(face)) + 0.5);
  const warn = (code: Warning["code"], detail: string) => warnings.push({ code, detail });
  if (side < size * rule.enlarged_share) {
    warn(
      "enlarged",
      `a face of ${side} x ${side} pixels was enlarged to ${size} x ${size}: the verdict rests on few pixels`,
    );
  }
  if (turns > 0) {
    warn("turned", `a face lies on its side or upside down: it was judged turned by ${90 * turns} degrees`);
  }
  if (isTilted(face, network)) {
    warn(
      "tilted",
      `a face is tilted by ${tilt} degrees, and the network was measured up to ${network.max_roll}: it is never called real`,
    );
  }
  if (cutOff(face, picture.width, picture.height) > rule.cut_off_share) {
    warn("cut_off", "a face reaches beyond the edge of the picture");
  }
  if (turnedAway(face) > rule.profile_offset) warn("profile", "a face is turned away from the camera");
  const grey = chroma(seen) < rule.grey_chroma;
  // It is told by colours.
  if (!grey && isCovered(seen, inCrop(face, square, seen.width), rule.covered)) {
    warn("covered", "something seems to cover mouth and nose, so that the verdict rests on the rest of a face");
  }
  if (grey) {
    warn("grey", "a face is in shades of grey, so that nothing can be told by its colours");
  }
  if (sharpness(seen, rule.sharpness_side) < rule.blurred_sharpness) {
    warn("blurred", "a face is blurred, so that its details cannot be seen");
  }
  if (blockiness(stored) > rule.recompressed_blocks) {
    warn("recompressed", "a face was strongly compressed: the blocks of JPEG hide its details");
  }
  if (fineness(stored) < rule.upscaled_fineness) {
    warn("upscaled", "a face was enlarged at some time, so that it has fewer details than pixels");
  }
  const { brightness, white } = exposure(seen, rule.white_luma);
  if (brightness < rule.dark_luma) warn("dark", "a face is very dark, so that its details cannot be seen");
  if (white > rule.overexposed_share) warn("overexposed", "parts of a face are plain white from too much light");
  return warnings;
}
