import { CameraVotes } from './camera-votes.ts'
import { CellShifts } from './cell-shifts.ts'
import type { GreyLevel } from './grey-pyramid.ts'
import { fitMotion } from './homography-fit.ts'
import type { Mismatch } from './mismatch.ts'
import { inPixelsOf, type Affine, type Homography } from './motion.ts'
import type { Template } from './template.ts'

/** Distance of a cell at which it counts half, in pixels times the root of its pixels of texture. */
const SCALE = 0.5
/**
 * By how much two more values must lower the cost of a pair of frames, which is 1 for each cell that a
 * motion does not explain.
 */
const WORTH = 2
/** Votes of the border's cells for the homography rather than the affine motion. */
const FOR_HOMOGRAPHY = { leastFor: 1.5, forEachAgainst: 4 }
/** Pairs of frames after which a homography that is not better is given up. */
const TRIED = 3
/** Pairs of frames that tell what it is worth. */
const JUDGED = 5
/** Starts of a fit beside the affine motion, which most cells of the background are near. */
const SAMPLES = 8
/** How many times the cells that prefer another fit of the camera must prefer the homography. */
const OVER_OTHERS = 1.5

/**
 * A third model of the camera's motion: a homography, as a camera gives that turns sideways or up and
 * down. It is fitted to the shifts of cells that an affine motion leaves, of which those of the
 * background agree. It replaces the affine motion of a clip where it explains more cells by more than its
 * two values are worth, and the border of the frame fits better with it; elsewhere it changes nothing.
 */
export class PerspectiveFit {
  private readonly cells: CellShifts
  private readonly isBetter: CameraVotes
  private found: Homography[] = []
  private gain = 0
  private isGivenUp = false

  /** @param width of the widest level */
  constructor(width: number, mismatch: Mismatch) {
    this.cells = new CellShifts(width)
    this.isBetter = new CameraVotes(mismatch, FOR_HOMOGRAPHY)
  }

  reset(): void {
    this.isBetter.reset()
    this.found = []
    this.gain = 0
    this.isGivenUp = false
  }

  /** @param motion of a pair of frames, in pixels of the frame */
  add(template: Template, next: GreyLevel, motion: Affine): void {
    if (this.isGivenUp) return
    const whole = inPixelsOf(motion, next.factor)
    const matches = this.cells.measure(template, next, whole)
    const guess = new Float64Array(8)
    guess.set(whole)
    const homography = fitMotion(matches, 8, SCALE, { guess, samples: SAMPLES })
    if (!homography) {
      this.isGivenUp = true
      return
    }
    if (this.found.length < JUDGED) {
      const affine = fitMotion(matches, 6, SCALE, { guess, samples: 0 })
      this.gain += (affine?.cost ?? 0) - homography.cost
      this.isBetter.add(template, next, homography.motion, whole)
    }
    this.found.push(inPixelsOf(homography.motion, 1 / next.factor))
    if (this.found.length >= TRIED && !this.isWorth) this.isGivenUp = true
  }

  /**
   * The motions since the last reset, where homographies are better than affine ones; else undefined.
   * @param support cells of the border, a pair of frames, that prefer another fit to the affine one: a
   * large thing makes both look better, and then the homography follows the thing in part
   */
  motionsOver(support: number): Homography[] | undefined {
    if (this.isGivenUp || this.found.length === 0 || !this.isWorth) return undefined
    return this.isBetter.support >= OVER_OTHERS * support ? this.found : undefined
  }

  private get isWorth(): boolean {
    const judged = Math.min(JUDGED, this.found.length)
    return this.gain >= WORTH * judged && this.isBetter.accepted
  }
}
