/** Rows of 8-bit RGB, three bytes a pixel, no padding. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

export function cut(source: Pixels, left: number, top: number, width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * source.width + left) * 3;
    data.set(source.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, data };
}
