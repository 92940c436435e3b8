/** The cells of a square that was turned by quarter turns counterclockwise, row by row as they lie in the picture. */
export function heatRows(values: Float32Array, turns: number): number[][] {
  const side = Math.sqrt(values.length);
  let rows = Array.from({ length: side }, (_, row) => [...values.subarray(row * side, (row + 1) * side)]);
  for (let turned = turns % 4; turned > 0; turned--) {
    const before = rows;
    rows = before.map((_, row) => before.map((_, column) => before[side - 1 - column][row]));
  }
  return rows;
}
