import type { AffineFit } from './affine-fit.ts'
import { inPixelsOf, type Affine } from './motion.ts'
import { CameraVotes } from './camera-votes.ts'
import type { GreyLevel } from './grey-pyramid.ts'
import type { Mismatch } from './mismatch.ts'
import type { Template } from './template.ts'

/** Part of each side that is the border. */
const BORDER = 0.15
/** Scales of the steps of the fit. */
const SCALES = [0.7, 0.5, 0.3, 0.3]
/** A step that moves nothing by more pixels than this is the last. */
const STILL = 0.01
/**
 * Votes of the border's cells for its own fit. On the development scenes, the fit to the border has 10
 * to 18 of 20 cells in its favour where a large thing draws the other to itself, and at most 2.5 where
 * it does not.
 */
const FOR_BORDER = { leastFor: 4, forEachAgainst: 2 }
/** Pairs of frames after which a fit to the border that is not better is given up. */
const TRIED = 3

/**
 * A second fit of the camera's motion, to the border of the frame alone. A thing that fills much of the
 * frame draws a fit to the whole of it to itself by part of a pixel, and the ground around it shows
 * that. Elsewhere the border knows less than the whole frame, so its cells vote, over all pairs of
 * frames, on which of the two motions it is.
 */
export class BorderFit {
  private readonly fit: AffineFit
  private readonly isBetter: CameraVotes
  private readonly isCamera: CameraVotes
  private found: Affine[] = []
  private pairs = 0

  constructor(fit: AffineFit, mismatch: Mismatch) {
    this.fit = fit
    this.isBetter = new CameraVotes(mismatch, FOR_BORDER)
    this.isCamera = new CameraVotes(mismatch)
  }

  reset(): void {
    this.isBetter.reset()
    this.isCamera.reset()
    this.found = []
    this.pairs = 0
  }

  /** @param motion of a pair of frames by the whole frame, in pixels of the frame */
  add(template: Template, next: GreyLevel, motion: Affine): void {
    if (this.pairs >= TRIED && !this.isBetter.accepted) return
    this.pairs++
    const whole = inPixelsOf(motion, next.factor)
    const fitted = whole.slice()
    for (const scale of SCALES) {
      const step = { scale, stride: 1, translationOnly: false, border: BORDER }
      if (this.fit.step(template, next, fitted, step) < STILL) break
    }
    this.isBetter.add(template, next, fitted, whole)
    this.isCamera.add(template, next, fitted)
    this.found.push(inPixelsOf(fitted, 1 / next.factor))
  }

  /** Cells of the border for the fit to it, a pair of frames; 0 where it is not preferred. */
  get support(): number {
    return this.isBetter.accepted ? this.isBetter.support : 0
  }

  /**
   * The motions since the last reset, where the border prefers them; undefined where it does not, null
   * where they are not those of a camera that moves.
   */
  get motions(): Affine[] | null | undefined {
    if (!this.isBetter.accepted) return undefined
    return this.isCamera.accepted ? this.found : null
  }
}
