/**
 * Polynomial expansion (Farneback, "Two-Frame Motion Estimation Based on Polynomial Expansion", SCIA
 * 2003, section 2): around each pixel the picture is approximated, weighted by a Gaussian, by
 * r1 + r2 y + r3 x + r4 y^2 + r5 x^2 + r6 xy. The constant r1 is not needed.
 */

/** Values a pixel: r2 to r6. */
export const TERMS = 5

/** The weights of the expansion and what of their inverse Gram matrix is not zero. */
export interface Basis {
  radius: number
  /** [radius + 1]: g(k), k g(k), k^2 g(k), with g normalised over the whole window. */
  g: Float64Array
  kg: Float64Array
  kkg: Float64Array
  /** Of the terms x and y; of 1 with x^2; of x^2; of xy. */
  linear: number
  mixed: number
  square: number
  cross: number
}

/** @param radius pixels; @param sigma of the Gaussian, in pixels */
export function polynomialBasis(radius: number, sigma: number): Basis {
  const raw = Float64Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp(-(k * k) / (2 * sigma * sigma)),
  )
  const total = raw.reduce((sum, value, k) => sum + (k === 0 ? value : 2 * value), 0)
  const g = raw.map((value) => value / total)
  const kg = g.map((value, k) => k * value)
  const kkg = g.map((value, k) => k * k * value)
  const second = 2 * kkg.reduce((sum, value) => sum + value, 0)
  const fourth = 2 * kkg.reduce((sum, value, k) => sum + k * k * value, 0)
  // The Gram matrix of 1, x^2, y^2 is [[1, a, a], [a, b, a^2], [a, a^2, b]], since g is separable.
  const spread = fourth - second * second
  return {
    radius,
    g,
    kg,
    kkg,
    linear: 1 / second,
    mixed: -second / spread,
    square: 1 / spread,
    cross: 1 / (second * second),
  }
}

/**
 * Expands a plane; beyond its border the edge is repeated.
 * @param plane [H, W]
 * @returns [H, W, 5]: coefficients of y, x, y^2, x^2, xy
 */
export function expandPolynomially(
  plane: Float32Array,
  { width, height }: { width: number; height: number },
  basis: Basis,
): Float32Array {
  const { radius } = basis
  const result = new Float32Array(width * height * TERMS)
  // One row of the vertical sums, with `radius` places before and after: [W + 2 radius, 3].
  const sums = new Float64Array((width + 2 * radius) * 3)
  for (let y = 0; y < height; y++) {
    sumColumns(plane, width, height, y, basis, sums)
    padEnds(sums, width, radius)
    sumRow(sums, width, basis, result, y * width * TERMS)
  }
  return result
}

/** Sums over the window's rows, weighted by g, k g and k^2 g. */
function sumColumns(
  plane: Float32Array,
  width: number,
  height: number,
  y: number,
  { radius, g, kg, kkg }: Basis,
  sums: Float64Array,
): void {
  for (let x = 0, at = radius * 3; x < width; x++, at += 3) {
    sums[at] = plane[y * width + x] * g[0]
    sums[at + 1] = 0
    sums[at + 2] = 0
  }
  for (let k = 1; k <= radius; k++) {
    const above = Math.max(0, y - k) * width
    const below = Math.min(height - 1, y + k) * width
    const g0 = g[k]
    const g1 = kg[k]
    const g2 = kkg[k]
    for (let x = 0, at = radius * 3; x < width; x++, at += 3) {
      const before = plane[above + x]
      const after = plane[below + x]
      const both = before + after
      sums[at] += g0 * both
      sums[at + 1] += g1 * (after - before)
      sums[at + 2] += g2 * both
    }
  }
}

function padEnds(sums: Float64Array, width: number, radius: number): void {
  const first = radius * 3
  const last = (radius + width - 1) * 3
  for (let k = 1; k <= radius; k++) {
    sums.copyWithin(first - k * 3, first, first + 3)
    sums.copyWithin(last + k * 3, last, last + 3)
  }
}

/** Sums over the window's columns, times the inverse Gram matrix. */
function sumRow(
  sums: Float64Array,
  width: number,
  { radius, g, kg, kkg, linear, mixed, square, cross }: Basis,
  result: Float32Array,
  offset: number,
): void {
  for (let x = 0, out = offset; x < width; x++, out += TERMS) {
    const at = (x + radius) * 3
    let one = sums[at] * g[0]
    let ofX = 0
    let ofY = sums[at + 1] * g[0]
    let ofXx = 0
    let ofYy = sums[at + 2] * g[0]
    let ofXy = 0
    for (let k = 1, left = at - 3, right = at + 3; k <= radius; k++, left -= 3, right += 3) {
      const g0 = g[k]
      const g1 = kg[k]
      const both = sums[right] + sums[left]
      one += both * g0
      ofXx += both * kkg[k]
      ofX += (sums[right] - sums[left]) * g1
      ofY += (sums[right + 1] + sums[left + 1]) * g0
      ofXy += (sums[right + 1] - sums[left + 1]) * g1
      ofYy += (sums[right + 2] + sums[left + 2]) * g0
    }
    result[out] = ofY * linear
    result[out + 1] = ofX * linear
    result[out + 2] = one * mixed + ofYy * square
    result[out + 3] = one * mixed + ofXx * square
    result[out + 4] = ofXy * cross
  }
}
