import type { GreyLevel } from './grey-pyramid.ts'
import type { CameraMotion } from './motion.ts'
import { residualRowOf, type Template } from './template.ts'

/** Cells along each side of the frame. */
const CELLS = 8
/** Distance in pixels of the level beyond which a pixel counts as moving by itself. */
const SCALE = 0.5

/** Where a point of one frame lies in the next, both from their centres, and how well that is known. */
export interface Match {
  X: number
  Y: number
  toX: number
  toY: number
  /** Information of the second place along x, both and y, in 1 / pixels^2: 0 in a direction not known. */
  xx: number
  xy: number
  yy: number
}

/** Measures by how far a motion misses each of 8 x 8 cells of the frame; buffers are made once. */
export class CellShifts {
  /** Of each cell: information xx, xy, yy, and right sides x and y. */
  private readonly sums = new Float64Array(CELLS * CELLS * 5)
  private readonly residuals: Float32Array

  /** @param width of the widest level */
  constructor(width: number) {
    this.residuals = new Float32Array(width)
  }

  /**
   * One step of Lucas and Kanade (1981) in each cell from where the motion leads it, with the weights
   * of `AffineFit`.
   * @param motion in pixels of the template's level
   * @returns the cells that have texture, in pixels of the level
   */
  measure(template: Template, next: GreyLevel, motion: CameraMotion): Match[] {
    const { level } = template
    this.sums.fill(0)
    for (let y = 1; y < level.height - 1; y++) {
      residualRowOf(level, next.data, motion, y, 1, this.residuals)
      this.addRow(template, y)
    }
    const matches: Match[] = []
    for (let cell = 0; cell < CELLS * CELLS; cell++) {
      const match = this.matchOf(cell, level, motion)
      if (match) matches.push(match)
    }
    return matches
  }

  private addRow({ level, gradientX, gradientY, perPixel }: Template, y: number): void {
    const { sums, residuals } = this
    const row = Math.floor((y * CELLS) / level.height) * CELLS
    const scale = SCALE * SCALE
    for (let x = 1, i = y * level.width + 1; x < level.width - 1; x++, i++) {
      const r = residuals[x]
      if (r !== r) continue
      const gx = gradientX[i]
      const gy = gradientY[i]
      const unit = perPixel[i]
      const share = scale / (scale + r * r * unit)
      const weight = share * share * unit
      const at = 5 * (row + Math.floor((x * CELLS) / level.width))
      sums[at] += weight * gx * gx
      sums[at + 1] += weight * gx * gy
      sums[at + 2] += weight * gy * gy
      sums[at + 3] += weight * gx * r
      sums[at + 4] += weight * gy * r
    }
  }

  private matchOf(cell: number, level: GreyLevel, motion: CameraMotion): Match | null {
    const [xx, xy, yy, right, down] = this.sums.subarray(5 * cell, 5 * cell + 5)
    const det = xx * yy - xy * xy
    // Texture in one direction alone tells nothing across it.
    if (!(det > FLAT * (xx + yy) ** 2) || xx + yy < LEAST) return null
    const X = (((cell % CELLS) + 0.5) * level.width) / CELLS - 0.5 - level.centreX
    const Y = ((Math.floor(cell / CELLS) + 0.5) * level.height) / CELLS - 0.5 - level.centreY
    const [u0, ux, uy, v0, vx, vy, p = 0, q = 0] = motion
    const w = 1 + p * X + q * Y
    const toX = (X + u0 + ux * X + uy * Y) / w - (yy * right - xy * down) / det
    const toY = (Y + v0 + vx * X + vy * Y) / w - (xx * down - xy * right) / det
    return { X, Y, toX, toY, xx, xy, yy }
  }
}

/** Least ratio of the determinant of a cell's information to its squared trace: 0.25 is even. */
const FLAT = 0.02
/** Least trace of a cell's information: as many pixels of full texture. */
const LEAST = 3
