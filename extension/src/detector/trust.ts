import type { Warning } from "../presentation/report.generated";
import type { Square } from "./crop";
import { rollOf, turnsOf, type Face } from "./faces";
import type { Network, TrustRule } from "./manifest";
import type { Pixels } from "./pixels";

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

/** The side in pixels of the faces that the manifest's sharpness was measured on. */
const MEASURED_AT = 256;

/** The power of the Laplacian of the luma (ITU-R BT.601) over the luma's variance, as in a square of 256 pixels. */
export function sharpness({ width, height, data }: Pixels): number {
  const luma = new Int32Array(width * height);
  let sum = 0;
  for (let at = 0; at < luma.length; at++) {
    luma[at] = Math.floor((data[3 * at] * 299 + data[3 * at + 1] * 587 + data[3 * at + 2] * 114) / 1000);
    sum += luma[at];
  }
  const mean = sum / luma.length;
  const variance = luma.reduce((total, value) => total + (value - mean) ** 2, 0) / luma.length;
  let power = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      power += (4 * luma[at] - luma[at - width] - luma[at + width] - luma[at - 1] - luma[at + 1]) ** 2;
    }
  }
  // Where much is blurred, the power falls with the fourth power of the size that the same face is shown at.
  return (power / ((width - 2) * (height - 2)) / Math.max(variance, 1e-9)) * (width / MEASURED_AT) ** 4;
}

/**
 * What lowers the trust in the verdict on a face, each by a measured rule; the twin of the Python detector's `trust.py`.
 * `seen` is what the network saw, `picture` the size of the picture.
 */
export function faceWarnings(
  face: Face,
  { side }: Square,
  seen: Pixels,
  picture: { width: number; height: number },
  rule: TrustRule,
  network: Pick<Network, "max_roll" | "input_size">,
): Warning[] {
  const warnings: Warning[] = [];
  const size = network.input_size;
  const turns = turnsOf(face);
  const tilt = Math.floor(Math.abs(rollOf(face)) + 0.5);
  const warn = (code: Warning["code"], detail: string) => warnings.push({ code, detail });
  if (side < size / 2) {
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
  if (chroma(seen) < rule.grey_chroma) {
    warn("grey", "a face is in shades of grey, so that nothing can be told by its colours");
  }
  if (sharpness(seen) < rule.blurred_sharpness) {
    warn("blurred", "a face is blurred, so that its details cannot be seen");
  }
  return warnings;
}
