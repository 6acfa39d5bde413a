import { BORDER, PATCH, type DisLevel } from './pyramid.ts'

const AREA = PATCH * PATCH
/** Keeps the determinant of a patch without texture from 0. */
const LEAST_DETERMINANT = 1e-3

/**
 * A patch of the first frame that is looked for in the second. Both are compared after their means are
 * taken away, so that a change of brightness does not count.
 */
export class Patch {
  /** The step that would make both alike, in pixels; set by `measure`. */
  stepX = 0
  stepY = 0
  private readonly first: DisLevel
  private readonly second: DisLevel
  private x = 0
  private y = 0
  /** Sums over the patch: of the gradients and of their products, inverted. */
  private sumX = 0
  private sumY = 0
  private inverseXx = 0
  private inverseXy = 0
  private inverseYy = 0

  constructor(first: DisLevel, second: DisLevel) {
    this.first = first
    this.second = second
  }

  /** Chooses the patch whose upper left pixel is (x, y). */
  choose(x: number, y: number): void {
    const { width, gradientX, gradientY } = this.first
    let xx = 0
    let xy = 0
    let yy = 0
    let sumX = 0
    let sumY = 0
    for (let r = 0; r < PATCH; r++) {
      const from = (y + r) * width + x
      for (let i = from; i < from + PATCH; i++) {
        const gx = gradientX[i]
        const gy = gradientY[i]
        xx += gx * gx
        xy += gx * gy
        yy += gy * gy
        sumX += gx
        sumY += gy
      }
    }
    const determinant = xx * yy - xy * xy
    const divisor = Math.abs(determinant) < LEAST_DETERMINANT ? LEAST_DETERMINANT : determinant
    Object.assign(this, { x, y, sumX, sumY })
    this.inverseXx = yy / divisor
    this.inverseXy = -xy / divisor
    this.inverseYy = xx / divisor
  }

  /**
   * How badly the second frame fits at a displacement (u, v): the sum of squared differences without
   * their mean. Sets `stepX` and `stepY`.
   */
  measure(u: number, v: number): number {
    const { width, height, data, gradientX, gradientY } = this.first
    const { extended } = this.second
    const wide = width + 2 * BORDER
    const least = BORDER - PATCH + 1
    const row = Math.min(Math.max(this.y + v + BORDER, least), BORDER + height - 1)
    const column = Math.min(Math.max(this.x + u + BORDER, least), BORDER + width - 1)
    const top = Math.floor(row)
    const left = Math.floor(column)
    const down = row - top
    const across = column - left
    const w11 = down * across
    const w10 = down * (1 - across)
    const w01 = (1 - down) * across
    const w00 = (1 - down) * (1 - across)
    let sum = 0
    let squares = 0
    let timesX = 0
    let timesY = 0
    for (let r = 0; r < PATCH; r++) {
      let i = (this.y + r) * width + this.x
      let upper = (top + r) * wide + left
      let lower = upper + wide
      for (let c = 0; c < PATCH; c++, i++, upper++, lower++) {
        const difference =
          w00 * extended[upper] +
          w01 * extended[upper + 1] +
          w10 * extended[lower] +
          w11 * extended[lower + 1] -
          data[i]
        sum += difference
        squares += difference * difference
        timesX += difference * gradientX[i]
        timesY += difference * gradientY[i]
      }
    }
    const x = timesX - (sum * this.sumX) / AREA
    const y = timesY - (sum * this.sumY) / AREA
    this.stepX = this.inverseXx * x + this.inverseXy * y
    this.stepY = this.inverseXy * x + this.inverseYy * y
    return squares - (sum * sum) / AREA
  }
}
