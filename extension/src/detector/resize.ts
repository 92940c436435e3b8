import type { Pixels } from "./pixels";

// Pillow keeps 8 bits for the pixel and 2 spare bits for overshoot out of 32.
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);
const CUBIC_A = -0.5;
const CUBIC_SUPPORT = 2;

interface Coefficients {
  taps: number;
  first: Int32Array;
  count: Int32Array;
  weights: Int32Array;
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
  return 0;
}

/** The order of the floating-point operations is Pillow's: another order would round some weights differently. */
function coefficients(inputSize: number, outputSize: number): Coefficients {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = CUBIC_SUPPORT * filterScale;
  const taps = Math.ceil(support) * 2 + 1;
  const inverse = 1 / filterScale;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * taps);
  const exact = new Float64Array(taps);

  for (let out = 0; out < outputSize; out++) {
    const centre = (out + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const to = Math.min(inputSize, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < to - from; tap++) {
      exact[tap] = cubic((tap + from - centre + 0.5) * inverse);
      sum += exact[tap];
    }
    for (let tap = 0; tap < to - from; tap++) {
      const weight = sum === 0 ? exact[tap] : exact[tap] / sum;
      weights[out * taps + tap] = Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION_BITS));
    }
    first[out] = from;
    count[out] = to - from;
  }
  return { taps, first, count, weights };
}

function toByte(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/**
 * One pixel of a pass: the weighted sum of samples that lie `step` bytes apart. The sums stay within 32 bits, and saying so lets
 * the browser compute them as whole numbers.
 */
function mix(
  source: Uint8Array,
  from: number,
  step: number,
  weights: Int32Array,
  weightsAt: number,
  count: number,
  target: Uint8Array,
  to: number,
): void {
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  let at = from;
  for (let tap = weightsAt; tap < weightsAt + count; tap++, at += step) {
    const weight = weights[tap];
    red = (red + Math.imul(source[at], weight)) | 0;
    green = (green + Math.imul(source[at + 1], weight)) | 0;
    blue = (blue + Math.imul(source[at + 2], weight)) | 0;
  }
  target[to] = toByte(red);
  target[to + 1] = toByte(green);
  target[to + 2] = toByte(blue);
}

function resizeWidth(source: Pixels, width: number): Pixels {
  if (width === source.width) return source;
  const data = new Uint8Array(width * source.height * 3);
  const { first, count, weights, taps } = coefficients(source.width, width);
  for (let row = 0, to = 0; row < source.height; row++) {
    const line = row * source.width * 3;
    for (let out = 0; out < width; out++, to += 3) {
      mix(source.data, line + first[out] * 3, 3, weights, out * taps, count[out], data, to);
    }
  }
  return { width, height: source.height, data };
}

function resizeHeight(source: Pixels, height: number): Pixels {
  if (height === source.height) return source;
  const line = source.width * 3;
  const data = new Uint8Array(line * height);
  const { first, count, weights, taps } = coefficients(source.height, height);
  for (let out = 0, to = 0; out < height; out++) {
    const top = first[out] * line;
    for (let column = 0; column < line; column += 3, to += 3) {
      mix(source.data, top + column, line, weights, out * taps, count[out], data, to);
    }
  }
  return { width: source.width, height, data };
}

/** The same bytes as `Image.resize((width, height), Image.Resampling.BICUBIC)` of Pillow 13 on an RGB picture. */
export function resize(source: Pixels, width: number, height: number): Pixels {
  // Each pass rounds to bytes, so their order shows in the result. Since release 13 Pillow takes the vertical pass
  // first when the height loses more than twice as many pixels as the width.
  const lost = source.height - height;
  const verticalFirst = lost > 0 && lost > 2 * (source.width - width);
  return verticalFirst
    ? resizeWidth(resizeHeight(source, height), width)
    : resizeHeight(resizeWidth(source, width), height);
}

/**
 * The same bytes as `Image.reduce(factor)` of Pillow 13 on an RGB picture: each pixel is the mean of `factor` x `factor`,
 * of fewer at the far edges.
 */
export function reduce(source: Pixels, factor: number): Pixels {
  const width = Math.ceil(source.width / factor);
  const height = Math.ceil(source.height / factor);
  const data = new Uint8Array(width * height * 3);
  const sums = new Uint32Array(width * 3);
  for (let row = 0; row < height; row++) {
    const rows = Math.min(factor, source.height - row * factor);
    sums.fill(0);
    for (let line = row * factor; line < row * factor + rows; line++) {
      let at = line * source.width * 3;
      for (let column = 0; column < width; column++) {
        const end = Math.min((column + 1) * factor, source.width);
        const to = 3 * column;
        for (let x = column * factor; x < end; x++, at += 3) {
          sums[to] += source.data[at];
          sums[to + 1] += source.data[at + 1];
          sums[to + 2] += source.data[at + 2];
        }
      }
    }
    for (let column = 0; column < width; column++) {
      const count = rows * Math.min(factor, source.width - column * factor);
      const half = Math.floor(count / 2);
      // Pillow divides by a product with 24 bits behind the point.
      const inverse = Math.floor(2 ** 24 / count);
      for (let at = 3 * column; at < 3 * column + 3; at++) {
        data[row * width * 3 + at] = Math.floor(((sums[at] + half) * inverse) / 2 ** 24);
      }
    }
  }
  return { width, height, data };
}
