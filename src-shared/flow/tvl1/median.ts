/** Pixels a side of the window, and values in it. */
const SIDE = 5
const COUNT = SIDE * SIDE
const HALF = (SIDE - 1) / 2

/** The median of each pixel's 5 x 5 window; beyond the border the edge is repeated. */
export function medianOfFive(plane: Float32Array, width: number, height: number): Float32Array {
  const result = new Float32Array(width * height)
  const window = new Float32Array(COUNT)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let n = 0
      for (let r = y - HALF; r <= y + HALF; r++) {
        const row = Math.min(height - 1, Math.max(0, r)) * width
        for (let c = x - HALF; c <= x + HALF; c++) {
          window[n++] = plane[row + Math.min(width - 1, Math.max(0, c))]
        }
      }
      result[i] = middleOf(window)
    }
  }
  return result
}

/** The value in the middle once the window is sorted (Hoare's selection); reorders the window. */
function middleOf(window: Float32Array): number {
  const middle = (COUNT - 1) / 2
  let low = 0
  let high = COUNT - 1
  while (low < high) {
    const pivot = window[middle]
    let i = low
    let j = high
    while (i <= j) {
      while (window[i] < pivot) i++
      while (window[j] > pivot) j--
      if (i > j) break
      const value = window[i]
      window[i++] = window[j]
      window[j--] = value
    }
    if (j < middle) low = i
    if (middle < i) high = j
  }
  return window[middle]
}
