import { noMotion, type CameraMotion } from './motion.ts'
import type { GreyLevel } from './grey-pyramid.ts'
import type { Mismatch } from './mismatch.ts'
import type { Template } from './template.ts'

/** The frame is divided into as many cells along each side. */
const CELLS = 6
/** Change of a cell's mean mismatch from which it has an opinion. */
const OPINION = 0.02
const STRIDE = 2
/**
 * Mean squared gradient of a cell, in squared grey levels a pixel, from which it has a say. Below it
 * there is noise alone, which any motion by part of a pixel averages and so seems to explain.
 */
const STRUCTURE = 12

/** How many votes it takes. */
export interface Majority {
  /** Cells of the border for the motion, a pair of frames, at least. */
  leastFor: number
  /** For each cell against it, at least. */
  forEachAgainst: number
}

const OF_A_CAMERA: Majority = { leastFor: 2, forEachAgainst: 4 }

/**
 * Decides whether it is the camera that moves in a clip, or which of two motions is the camera's. A
 * thing that fills much of an otherwise plain picture draws the estimate to itself; but then its motion
 * makes the rest of the picture fit worse. So each cell along the frame's border, where a background
 * shows if anywhere, votes in every pair of frames: for the motion when it fits better than none, or
 * than the other, against it when it fits worse.
 */
export class CameraVotes {
  private readonly mismatch: Mismatch
  private readonly majority: Majority
  private readonly gains = new Float64Array(CELLS * CELLS)
  private readonly points = new Uint32Array(CELLS * CELLS)
  private readonly structure = new Float64Array(CELLS * CELLS)
  private pairs = 0
  private inFavour = 0
  private against = 0

  constructor(mismatch: Mismatch, majority = OF_A_CAMERA) {
    this.mismatch = mismatch
    this.majority = majority
  }

  reset(): void {
    this.pairs = this.inFavour = this.against = 0
  }

  /**
   * @param motion in pixels of the template's level
   * @param other what it is compared with
   */
  add(
    template: Template,
    next: GreyLevel,
    motion: CameraMotion,
    other: CameraMotion = noMotion(),
  ): void {
    this.gains.fill(0)
    this.points.fill(0)
    this.structure.fill(0)
    this.sum(template, next, other, 1)
    this.sum(template, next, motion, -1)
    this.pairs++
    this.gains.forEach((gain, cell) => {
      const mean = gain / (this.points[cell] / 2)
      if (!isBorder(cell) || this.structure[cell] < STRUCTURE * this.points[cell]) return
      if (mean > OPINION) this.inFavour++
      if (mean < -OPINION) this.against++
    })
  }

  /** Whether the motions added since the last reset are the camera's. */
  get accepted(): boolean {
    const { inFavour, against, pairs } = this
    const { leastFor, forEachAgainst } = this.majority
    return inFavour >= leastFor * pairs && inFavour >= forEachAgainst * against
  }

  /** Cells of the border for the motions, a pair of frames. */
  get support(): number {
    return this.pairs === 0 ? 0 : this.inFavour / this.pairs
  }

  private sum(template: Template, next: GreyLevel, motion: CameraMotion, sign: number): void {
    const { gradientX, gradientY } = template
    const { height, width } = template.level
    this.mismatch.visit(template, next, motion, STRIDE, (value, y, x) => {
      const cell = Math.floor((y * CELLS) / height) * CELLS + Math.floor((x * CELLS) / width)
      this.gains[cell] += sign * value
      this.points[cell]++
      const i = y * width + x
      this.structure[cell] += gradientX[i] ** 2 + gradientY[i] ** 2
    })
  }
}

function isBorder(cell: number): boolean {
  const row = Math.floor(cell / CELLS)
  const column = cell % CELLS
  return row % (CELLS - 1) === 0 || column % (CELLS - 1) === 0
}
