import { greatestDisplacement, type Affine } from './motion.ts'
import type { GreyLevel } from './grey-pyramid.ts'
import { solveSymmetric } from './solve-symmetric.ts'
import { residualRow, type Template } from './template.ts'

export interface FitStep {
  /** Distance in pixels of the level beyond which a pixel counts as moving by itself. */
  scale: number
  /** Distance between the pixels looked at. */
  stride: number
  translationOnly: boolean
  /** Looks at a border of so large a part of each side alone; left out, at the whole frame. */
  border?: number
}

/** Pixels of a row that are looked at: every `stride`th one. */
interface Part {
  from: number
  to: number
  stride: number
}

/** A direction that no texture shows is left as it is: each diagonal element grows by this part. */
const DAMPING = 1e-3
/** Places of ux, uy, vx and vy. */
const LINEAR = [1, 2, 4, 5]

/**
 * Gauss-Newton steps towards the affine motion between two frames, by iteratively reweighted least
 * squares (Odobez and Bouthemy, 1995) with the gradients of the first frame alone (Hager and
 * Belhumeur, 1998).
 *
 * A pixel's error is its grey difference over the length of its gradient: the distance by which the
 * motion misses it, whatever the contrast. So a small thing of high contrast has no more say than a
 * dull one of its size, and Geman and McClure's function limits what all have that move by themselves.
 */
export class AffineFit {
  private readonly normal = new Float64Array(36) // [6, 6]
  private readonly right = new Float64Array(6)
  /** Sums over one row: gxx, gxy, gyy times 1, X, X^2; gx r and gy r times 1, X. */
  private readonly sums = new Float64Array(13)
  private readonly residuals: Float32Array

  /** @param width of the widest level */
  constructor(width: number) {
    this.residuals = new Float32Array(width)
  }

  /**
   * Improves `motion`, in pixels of the level, by one step.
   * @returns the greatest change of a displacement within the frame, in pixels of the level
   */
  step(template: Template, next: GreyLevel, motion: Affine, options: FitStep): number {
    const { level } = template
    const { scale, stride, translationOnly, border = 0.5 } = options
    const last = level.width - 1
    const left = Math.ceil(border * level.width)
    const right = onGrid(level.width - left, stride)
    this.normal.fill(0)
    this.right.fill(0)
    for (let y = 1; y < level.height - 1; y += stride) {
      residualRow(level, next.data, motion, y, stride, this.residuals)
      const isInner = y >= border * level.height && y < (1 - border) * level.height
      this.sumRow(template, y, { from: 1, to: isInner ? left : last, stride }, scale * scale)
      this.addRow(y - level.centreY)
      if (!isInner) continue
      this.sumRow(template, y, { from: right, to: last, stride }, scale * scale)
      this.addRow(y - level.centreY)
    }
    if (translationOnly) this.dropLinear()
    this.solve()
    for (let i = 0; i < 6; i++) motion[i] -= this.right[i]
    return greatestDisplacement(this.right, level.centreX, level.centreY)
  }

  /** Longer than most: sums in variables are several times as fast as sums in an array. */
  private sumRow(template: Template, y: number, part: Part, scale: number): void {
    const { level, gradientX, gradientY, perPixel } = template
    const { from, to, stride } = part
    const { residuals } = this
    let xx = 0
    let xxX = 0
    let xxXX = 0
    let xy = 0
    let xyX = 0
    let xyXX = 0
    let yy = 0
    let yyX = 0
    let yyXX = 0
    let rx = 0
    let rxX = 0
    let ry = 0
    let ryX = 0
    for (let x = from, i = y * level.width + from; x < to; x += stride, i += stride) {
      const r = residuals[x]
      if (r !== r) continue
      const X = x - level.centreX
      const gx = gradientX[i]
      const gy = gradientY[i]
      const unit = perPixel[i]
      const share = scale / (scale + r * r * unit)
      const weight = share * share * unit
      const wxx = weight * gx * gx
      const wxy = weight * gx * gy
      const wyy = weight * gy * gy
      const wrx = weight * gx * r
      const wry = weight * gy * r
      xx += wxx
      xxX += wxx * X
      xxXX += wxx * X * X
      xy += wxy
      xyX += wxy * X
      xyXX += wxy * X * X
      yy += wyy
      yyX += wyy * X
      yyXX += wyy * X * X
      rx += wrx
      rxX += wrx * X
      ry += wry
      ryX += wry * X
    }
    this.sums.set([xx, xxX, xxXX, xy, xyX, xyXX, yy, yyX, yyXX, rx, rxX, ry, ryX])
  }

  /** Adds the row at height Y: g g^T times m m^T, and g r times m, with m = (1, X, Y). */
  private addRow(Y: number): void {
    const { sums, right } = this
    this.addBlock(0, 0, Y)
    this.addBlock(3, 3, Y)
    this.addBlock(21, 6, Y)
    right[0] += sums[9]
    right[1] += sums[10]
    right[2] += sums[9] * Y
    right[3] += sums[11]
    right[4] += sums[12]
    right[5] += sums[11] * Y
  }

  /** Adds m m^T times the sums at `from` (for 1, X, X^2) to the block whose corner is `at`. */
  private addBlock(at: number, from: number, Y: number): void {
    const { normal, sums } = this
    const one = sums[from]
    const X = sums[from + 1]
    normal[at] += one
    normal[at + 1] += X
    normal[at + 2] += one * Y
    normal[at + 6] += X
    normal[at + 7] += sums[from + 2]
    normal[at + 8] += X * Y
    normal[at + 12] += one * Y
    normal[at + 13] += X * Y
    normal[at + 14] += one * Y * Y
  }

  private dropLinear(): void {
    const { normal, right } = this
    for (const i of LINEAR) {
      for (let j = 0; j < 6; j++) normal[i * 6 + j] = normal[j * 6 + i] = 0
      right[i] = 0
    }
  }

  private solve(): void {
    const { normal, right } = this
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < i; j++) normal[i * 6 + j] = normal[j * 6 + i]
      normal[i * 6 + i] += normal[i * 6 + i] * DAMPING + Number.EPSILON
    }
    solveSymmetric(normal, right)
  }
}

/** The first place from `x` on that is looked at, where those are 1, 1 + stride and so on. */
function onGrid(x: number, stride: number): number {
  return 1 + Math.max(0, Math.ceil((x - 1) / stride)) * stride
}
