import type { Clip } from '../clip.ts'
import { AffineFit } from './affine-fit.ts'
import { inPixelsOf, noMotion, type Affine, type CameraMotion } from './motion.ts'
import { BorderFit } from './border-fit.ts'
import { CameraVotes } from './camera-votes.ts'
import { createPyramid, fillPyramid, type GreyLevel } from './grey-pyramid.ts'
import { Mismatch, searchTranslation } from './mismatch.ts'
import { PerspectiveFit } from './perspective-fit.ts'
import { createTemplate, fillTemplate, type Template } from './template.ts'

/** Steps that bring a first guess near enough to compare it with others. */
const FIRST_STEPS = [
  { scale: 1, stride: 2, translationOnly: true },
  { scale: 0.8, stride: 2, translationOnly: true },
  { scale: 0.6, stride: 2, translationOnly: false },
]
/** Scales of the steps on each finer level. */
const SCALES = [0.7, 0.5, 0.3, 0.3]
/** A step that moves nothing by more pixels than this is the last. */
const STILL = 0.01
/** Guesses that differ by less, in pixels of their level, lead to the same motion. */
const SAME = 0.25
/** Pixels of a level that are looked at, about. */
const POINTS = 3200

export interface GlobalMotionOptions {
  /**
   * Fit the camera's motion a second time, to the outer part of the frame, and take that fit where the
   * cells of the border prefer it. Default true.
   */
  border?: boolean
  /** Take homographies for affine motions where they explain the clip better (`PerspectiveFit`). Default true. */
  perspective?: boolean
}

/**
 * The camera's motion in clips of one height and width: an affine motion for each pair of frames,
 * estimated coarse to fine from several first guesses (none, that of the pair before, the best
 * translation at two resolutions), or a homography where that explains the clip better. Buffers are
 * made once.
 */
export class GlobalMotion {
  private readonly frames: GreyLevel[][]
  private readonly templates: Template[][]
  private readonly fit: AffineFit
  private readonly mismatch: Mismatch
  private readonly votes: CameraVotes
  private readonly border: BorderFit
  private readonly perspective: PerspectiveFit

  /** @param height in pixels, at least 4 @param width in pixels, at least 4 */
  constructor(height: number, width: number) {
    this.frames = [createPyramid(height, width), createPyramid(height, width)]
    this.templates = this.frames.map((levels) => levels.map(createTemplate))
    const widest = this.frames[0][0].width
    this.fit = new AffineFit(widest)
    this.mismatch = new Mismatch(widest)
    this.votes = new CameraVotes(this.mismatch)
    this.border = new BorderFit(this.fit, this.mismatch)
    this.perspective = new PerspectiveFit(widest, this.mismatch)
  }

  /**
   * @param clip [T, H, W, 3]
   * @param options.border whether the border of the frame may have a fit of its own. Default true
   * @param options.perspective whether homographies may take the place of affine motions. Default true
   * @returns the motion from each frame to the next [T - 1], or null where the border of the picture fits no
   * better with a motion than without, as with a camera that stands still
   */
  estimate(
    clip: Clip,
    { border = true, perspective = true }: GlobalMotionOptions = {},
  ): CameraMotion[] | null {
    const motions: Affine[] = []
    this.votes.reset()
    this.border.reset()
    this.perspective.reset()
    let motion = noMotion()
    fillPyramid(clip, 0, this.frames[0])
    for (let t = 1; t < clip.frames; t++) {
      const next = this.frames[t % 2]
      const templates = this.templates[1 - (t % 2)]
      fillPyramid(clip, t, next)
      templates.forEach(fillTemplate)
      motion = this.pairMotion(templates, next, motion)
      this.votes.add(templates[0], next[0], inPixelsOf(motion, next[0].factor))
      if (border) this.border.add(templates[0], next[0], motion)
      if (perspective) this.perspective.add(templates[0], next[0], motion)
      motions.push(motion)
    }
    if (!this.votes.accepted) return null
    const support = border ? this.border.support : 0
    const homographies = perspective ? this.perspective.motionsOver(support) : undefined
    if (homographies) return homographies
    const ofBorder = border ? this.border.motions : undefined
    return ofBorder === undefined ? motions : ofBorder
  }

  /** @param before motion of the pair before */
  private pairMotion(templates: Template[], next: GreyLevel[], before: Affine): Affine {
    const first = Math.max(0, next.length - 2)
    let motion = this.firstMotion(templates, next, before, first)
    for (let i = first; i >= 0; i--) {
      if (i < first) motion = inPixelsOf(motion, next[i].factor / next[i + 1].factor)
      this.refine(templates[i], next[i], motion)
    }
    return inPixelsOf(motion, 1 / next[0].factor)
  }

  /** The best of several guesses at one level, in its pixels. */
  private firstMotion(
    templates: Template[],
    next: GreyLevel[],
    before: Affine,
    level: number,
  ): Affine {
    const coarsest = next.length - 1
    const { factor } = next[level]
    const found = searchTranslation(templates[coarsest], next[coarsest])
    const guesses = distinct([
      inPixelsOf(before, factor),
      noMotion(),
      inPixelsOf(found, factor / next[coarsest].factor),
      searchTranslation(templates[level], next[level]),
    ])
    const costs = guesses.map((guess) => {
      for (const step of FIRST_STEPS) this.fit.step(templates[level], next[level], guess, step)
      return this.mismatch.cost(templates[level], next[level], guess, 2)
    })
    return guesses[costs.indexOf(Math.min(...costs))]
  }

  private refine(template: Template, next: GreyLevel, motion: Affine): void {
    const stride = Math.max(1, Math.round(Math.sqrt((next.height * next.width) / POINTS)))
    for (const scale of SCALES) {
      const step = { scale, stride, translationOnly: false }
      if (this.fit.step(template, next, motion, step) < STILL) break
    }
  }
}

/** Without those that shift as an earlier one does. */
function distinct(motions: readonly Affine[]): Affine[] {
  return motions.filter(([u, , , v], i) =>
    motions.slice(0, i).every((other) => Math.hypot(u - other[0], v - other[3]) > SAME),
  )
}
