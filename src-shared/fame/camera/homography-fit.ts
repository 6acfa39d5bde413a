import type { Match } from './cell-shifts.ts'
import type { Homography } from './motion.ts'
import { Rng } from '../../random/rng.ts'
import { solveSymmetric } from './solve-symmetric.ts'

/** Of a motion's eight values, those that an affine one has. */
const AFFINE = 6
/** Few matches that are tried as a start: with a third of them wrong, all but one in 3000 fits have a right one. */
const SAMPLES = 36
/** How many times as wide as at the end the first rounds of reweighting look. */
const WIDER = [3, 1.5, 1]
/** Least matches for each value that is fitted: four points fit any homography. */
const LEAST_MATCHES = { affine: 6, homography: 8 }
/** The third coordinate of a match, at least: nearer places lie beside or behind the camera. */
const NEAREST = 0.2
/** Least part of the information that must be left in every value once the others are known. */
const SINGULAR = 1e-7
/** A direction that no match shows is left as it is. */
const DAMPING = 1e-10

/** A fitted motion, and how well it fits. */
export interface Fitted {
  motion: Homography
  /** Sum over the matches of d^2 / (d^2 + scale^2), d their distances weighted by information. */
  cost: number
}

/**
 * Fits a motion to matches by consensus: of motions through a few of them the one that most agree with
 * (Fischler and Bolles, 1981), refined by iteratively reweighted least squares with Geman and McClure's
 * function, so that matches that move by themselves fade out. Each round solves the equations of the
 * direct linear transformation (Hartley and Zisserman, 2004, section 4.1), divided by the third coordinate
 * of the round before, so that distances are in pixels. The same matches always give the same motion.
 * @param values 6 for an affine motion, 8 for a homography
 * @param scale distance at which a match counts half, in pixels times the root of its information
 * @param options.guess a motion that is tried as a start too
 * @param options.samples starts through a few matches that are tried
 * @returns null where there are too few matches, or where they lie on a line
 */
export function fitMotion(
  matches: readonly Match[],
  values: 6 | 8,
  scale: number,
  { guess = null, samples = SAMPLES }: { guess?: Homography | null; samples?: number } = {},
): Fitted | null {
  const least = values === AFFINE ? LEAST_MATCHES.affine : LEAST_MATCHES.homography
  if (matches.length < least) return null
  const unit = Math.max(...matches.flatMap(({ X, Y }) => [Math.abs(X), Math.abs(Y)]))
  const solver = new Solver(values, unit)
  let found = consensus(matches, solver, WIDER[0] * scale, { guess, samples })
  for (const wider of WIDER) found &&= solver.solve(matches, found, wider * scale)
  if (!found || matches.some(({ X, Y }) => !(thirdOf(found, X, Y) > NEAREST))) return null
  return { motion: found, cost: costOf(found, matches, scale) }
}

/** Of a guess and of the motions through a few matches the one that fits all best; null where no few tell one. */
function consensus(
  matches: readonly Match[],
  solver: Solver,
  scale: number,
  { guess, samples }: { guess: Homography | null; samples: number },
): Homography | null {
  const rng = new Rng(1)
  const rest = new Float64Array(8)
  let best = guess
  let least = guess ? costOf(guess, matches, scale) : Infinity
  for (let sample = 0; sample < samples; sample++) {
    const few = Array.from({ length: solver.values / 2 }, () => matches[rng.int(matches.length)])
    const found = solver.solve(few, rest, Infinity)
    const cost = found ? costOf(found, matches, scale) : Infinity
    if (!(cost < least)) continue
    least = cost
    best = found
  }
  return best
}

/** See `Fitted.cost`. */
function costOf(motion: Homography, matches: readonly Match[], scale: number): number {
  let cost = 0
  for (const match of matches) {
    const d = squaredDistance(motion, match)
    cost += d / (d + scale * scale)
  }
  return cost
}

/** The third coordinate of a place that a motion leads from (X, Y). */
function thirdOf(motion: Homography, X: number, Y: number): number {
  return 1 + motion[6] * X + motion[7] * Y
}

/** Squared distance in pixels of where a motion leads a match, times what is known of it. */
export function squaredDistance(motion: Homography, match: Match): number {
  const { X, Y, toX, toY, xx, xy, yy } = match
  const [u0, ux, uy, v0, vx, vy, p, q] = motion
  const w = 1 + p * X + q * Y
  const dx = (X + u0 + ux * X + uy * Y) / w - toX
  const dy = (Y + v0 + vx * X + vy * Y) / w - toY
  return xx * dx * dx + 2 * xy * dx * dy + yy * dy * dy
}

/** Solves for motions of one number of values, in coordinates of which `unit` pixels are one. */
class Solver {
  readonly values: 6 | 8
  private readonly unit: number
  private readonly normal: Float64Array // [N, N]
  private readonly right: Float64Array // [N]
  /** The two equations of a match. */
  private readonly rowX = new Float64Array(8)
  private readonly rowY = new Float64Array(8)

  constructor(values: 6 | 8, unit: number) {
    this.values = values
    this.unit = unit
    this.normal = new Float64Array(values * values)
    this.right = new Float64Array(values)
  }

  /**
   * @param motion in pixels: weights and distances are those of matches that it leads
   * @param scale see `fitMotion`; infinite for equal weights
   * @returns in pixels; null where the matches do not tell all values
   */
  solve(matches: readonly Match[], motion: Homography, scale: number): Homography | null {
    const { normal, right, values, unit } = this
    normal.fill(0)
    right.fill(0)
    for (const match of matches) this.add(match, weightOf(match, motion, scale))
    let trace = 0
    for (let i = 0; i < values; i++) trace += normal[i * values + i]
    if (!(trace > 0)) return null
    for (let i = 0; i < values; i++) normal[i * values + i] += DAMPING * trace
    solveSymmetric(normal, right)
    // The diagonal of Cholesky's factor has what is left to know of each value beside those before it.
    for (let i = 0; i < values; i++) {
      if (!(normal[i * values + i] ** 2 > SINGULAR * trace)) return null
    }
    const found = new Float64Array(8)
    found.set(right)
    found[0] *= unit
    found[3] *= unit
    found[6] /= unit
    found[7] /= unit
    return found
  }

  private add(match: Match, weight: number): void {
    const { normal, right, rowX, rowY, values, unit } = this
    const X = match.X / unit
    const Y = match.Y / unit
    const toX = match.toX / unit
    const toY = match.toY / unit
    rowX[0] = rowY[3] = 1
    rowX[1] = rowY[4] = X
    rowX[2] = rowY[5] = Y
    rowX[6] = -toX * X
    rowX[7] = -toX * Y
    rowY[6] = -toY * X
    rowY[7] = -toY * Y
    const xx = weight * match.xx
    const xy = weight * match.xy
    const yy = weight * match.yy
    for (let i = 0; i < values; i++) {
      const alongX = xx * rowX[i] + xy * rowY[i]
      const alongY = xy * rowX[i] + yy * rowY[i]
      right[i] += alongX * (toX - X) + alongY * (toY - Y)
      for (let j = 0; j <= i; j++) normal[i * values + j] += alongX * rowX[j] + alongY * rowY[j]
    }
  }
}

function weightOf(match: Match, motion: Homography, scale: number): number {
  const w = thirdOf(motion, match.X, match.Y)
  if (scale === Infinity) return 1 / (w * w)
  const share = (scale * scale) / (scale * scale + squaredDistance(motion, match))
  return (share * share) / (w * w)
}
