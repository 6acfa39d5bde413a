import { noMotion, type Affine, type CameraMotion } from './motion.ts'
import type { GreyLevel } from './grey-pyramid.ts'
import { residualRowOf, type Template } from './template.ts'

/** Largest translation that is searched for along each axis, in pixels of a level. */
const REACH = 3
/** Of the search: every row would tell no more. */
const ROW_STRIDE = 2
/** Squared pixels at which a pixel counts as half wrong: whole-pixel motions, and fitted ones. */
const HALF_WRONG = { searched: 0.5, fitted: 0.1 }
/** How much worse a fit a motion as long as the frame's short side must beat: the prior for small ones. */
const LENGTH_COST = 4

/** Short motions come first where several fit alike, as on stripes. */
function longMotionCost(u: number, v: number, { height, width }: GreyLevel): number {
  return 1 + (LENGTH_COST * Math.hypot(u, v)) / Math.min(height, width)
}

/** The whole-pixel translation that fits the most pixels. */
export function searchTranslation(template: Template, next: GreyLevel): Affine {
  const motion = noMotion()
  let best = Infinity
  for (let v = -REACH; v <= REACH; v++) {
    for (let u = -REACH; u <= REACH; u++) {
      const cost = wholePixelCost(template, next.data, u, v) * longMotionCost(u, v, next)
      if (!(cost < best)) continue
      best = cost
      motion[0] = u
      motion[3] = v
    }
  }
  return motion
}

/** Mean over the pixels that both frames show; NaN where there are none. */
function wholePixelCost(
  { level, perPixel }: Template,
  next: Float32Array,
  u: number,
  v: number,
): number {
  const { data, height, width } = level
  const first = Math.max(1, 1 - u)
  const last = Math.min(width - 1, width - 1 - u)
  const top = Math.max(1, 1 - v)
  const bottom = Math.min(height - 1, height - 1 - v)
  if (last <= first || bottom <= top) return NaN
  let sum = 0
  for (let y = top; y < bottom; y += ROW_STRIDE) {
    for (let i = y * width + first, j = i + v * width + u; i < y * width + last; i++, j++) {
      const residual = next[j] - data[i]
      const square = residual * residual * perPixel[i]
      sum += square / (square + HALF_WRONG.searched)
    }
  }
  return sum / ((last - first) * Math.ceil((bottom - top) / ROW_STRIDE))
}

/** How badly motions fit: 0 a pixel that the motion explains, up to 1 one that it does not. */
export class Mismatch {
  private readonly residuals: Float32Array

  /** @param width of the widest level */
  constructor(width: number) {
    this.residuals = new Float32Array(width)
  }

  /** Mean over the pixels looked at, times the cost of a long motion; infinite where there are none. */
  cost(template: Template, next: GreyLevel, motion: Affine, stride: number): number {
    let sum = 0
    let points = 0
    this.visit(template, next, motion, stride, (value) => {
      sum += value
      points++
    })
    if (points === 0) return Infinity
    return (sum / points) * longMotionCost(motion[0], motion[3], next)
  }

  /** Calls `each` for every pixel looked at that the motion leads to a place within the frame. */
  visit(
    { level, perPixel }: Template,
    next: GreyLevel,
    motion: CameraMotion,
    stride: number,
    each: (value: number, y: number, x: number) => void,
  ): void {
    const { residuals } = this
    for (let y = 1; y < level.height - 1; y += stride) {
      residualRowOf(level, next.data, motion, y, stride, residuals)
      for (let x = 1; x < level.width - 1; x += stride) {
        const residual = residuals[x]
        if (residual !== residual) continue
        const square = residual * residual * perPixel[y * level.width + x]
        each(square / (square + HALF_WRONG.fitted), y, x)
      }
    }
  }
}
