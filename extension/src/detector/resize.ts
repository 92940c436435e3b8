import type { Pixels } from "./pixels";

// Pillow keeps 8 bits for the pixel and 2 spare bits for overshoot out of 32.
const PRECISION_BITS = 32 - 8 - 2;
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

/** One pass over `lines` lines: samples along a line lie `step` bytes apart, lines start `lineStep` bytes apart. */
function pass(
  source: Uint8Array,
  target: Uint8Array,
  table: Coefficients,
  outputSize: number,
  lines: number,
  layout: { step: number; sourceLine: number; targetLine: number },
): void {
  const half = 1 << (PRECISION_BITS - 1);
  const { step, sourceLine, targetLine } = layout;
  for (let out = 0; out < outputSize; out++) {
    const { first, count, weights, taps } = table;
    const weightsAt = out * taps;
    const n = count[out];
    for (let line = 0; line < lines; line++) {
      let at = line * sourceLine + first[out] * step;
      let red = half;
      let green = half;
      let blue = half;
      for (let tap = 0; tap < n; tap++) {
        const weight = weights[weightsAt + tap];
        red += source[at] * weight;
        green += source[at + 1] * weight;
        blue += source[at + 2] * weight;
        at += step;
      }
      const to = line * targetLine + out * step;
      target[to] = toByte(red);
      target[to + 1] = toByte(green);
      target[to + 2] = toByte(blue);
    }
  }
}

function resizeWidth(source: Pixels, width: number): Pixels {
  if (width === source.width) return source;
  const data = new Uint8Array(width * source.height * 3);
  pass(source.data, data, coefficients(source.width, width), width, source.height, {
    step: 3,
    sourceLine: source.width * 3,
    targetLine: width * 3,
  });
  return { width, height: source.height, data };
}

function resizeHeight(source: Pixels, height: number): Pixels {
  if (height === source.height) return source;
  const data = new Uint8Array(source.width * height * 3);
  pass(source.data, data, coefficients(source.height, height), height, source.width, {
    step: source.width * 3,
    sourceLine: 3,
    targetLine: 3,
  });
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
