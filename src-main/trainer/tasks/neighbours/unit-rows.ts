/**
 * Rows scaled to length 1; one of zeros stays.
 * @param rows [N, C], row-major
 */
export function unitRows(rows: Float32Array, size: number): Float32Array {
  const out = new Float32Array(rows.length)
  for (let row = 0; row < rows.length; row += size) {
    let squares = 0
    for (let c = 0; c < size; c++) squares += rows[row + c] ** 2
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let c = 0; c < size; c++) out[row + c] = rows[row + c] * scale
  }
  return out
}
