import { MotionMasker } from '#shared/fame/motion-mask/motion-masker.ts'
import type { ClickPicture } from '#shared/masks/clicks/picture.ts'
import { ClickSegmenter } from '#shared/masks/clicks/segment-clicks.ts'
import { COLOURS_OF_CLIP } from '#shared/masks/clicks/sizes.ts'
import { unionOf, type LabelledClip } from '../masks/labelled-clip.ts'
import { fitOf } from '../masks/score.ts'
import { makeScene } from './make-scene.ts'
import { SCENE_SHAPE } from './scene-spec.ts'
import type { SceneTask } from './score-scene.ts'
import { largestPart, nextClick } from './simulated-clicks.ts'

/** Clicks that are simulated on each object. */
export const CLICKS = 3
/** What an object is found by and compared with: see `sightsOf`. */
export const CLICK_WAYS = ['frame', 'frame, colours alone', 'clip'] as const
export type ClickWay = (typeof CLICK_WAYS)[number]

export interface ClickScore {
  way: ClickWay
  /** [3]: IoU with the true object after one click, two and three. */
  ious: number[]
  /** Processor time of the slowest click. */
  milliseconds: number
}

interface Sight {
  picture: ClickPicture
  /** [H, W]: the object, the largest part of the true mask. */
  object: Uint8Array
}

/** Clicks on the object of a scene where it is most wrong, and holds the results against the truth. */
export async function scoreClicks({ kind, seed }: SceneTask): Promise<ClickScore[]> {
  const sights = sightsOf(await makeScene(kind, seed))
  return CLICK_WAYS.map((way) => ({ way, ...clickOn(sights[way]) }))
}

/**
 * In the middle frame, or the one with most of the object where that lacks it: the object of the frame,
 * by motion and colours or by colours alone; and where it is in any frame of the clip.
 */
function sightsOf(labelled: LabelledClip): Record<ClickWay, Sight> {
  const { clip, truth } = labelled
  const { height, width, frames } = clip
  const pixels = height * width
  const truthOf = (t: number): Uint8Array => truth.subarray(t * pixels, (t + 1) * pixels)
  const areas = Array.from({ length: frames }, (_, t) => areaOf(truthOf(t)))
  const most = areas.indexOf(Math.max(...areas))
  const t = areas[frames >> 1] < LEAST_OBJECT ? most : frames >> 1
  const rgb = clip.data.subarray(t * pixels * 3, (t + 1) * pixels * 3)
  const found = new MotionMasker(height, width).compute(clip)
  const picture = { width, height, rgb, colours: 1 }
  const partOf = (data: Uint8Array): Uint8Array => largestPart({ data, height, width })
  const object = partOf(truthOf(t))
  const front = found.frames.subarray(t * pixels, (t + 1) * pixels)
  return {
    frame: { picture: { ...picture, moving: front }, object },
    'frame, colours alone': { picture: { ...picture, moving: null }, object },
    clip: {
      picture: { ...picture, moving: found.mask, colours: COLOURS_OF_CLIP },
      object: partOf(unionOf(labelled)),
    },
  }
}

/** Pixels; of less there is nothing to click on. */
const LEAST_OBJECT = 30

function areaOf(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0)
}

function clickOn({ picture, object }: Sight): Omit<ClickScore, 'way'> {
  const truth = { data: object, height: SCENE_SHAPE.side, width: SCENE_SHAPE.side }
  const segmenter = new ClickSegmenter(picture)
  const clicks = []
  const ious: number[] = []
  let found: Uint8Array | null = null
  let milliseconds = 0
  for (let i = 0; i < CLICKS; i++) {
    const click = nextClick(found, truth)
    if (click) clicks.push(click)
    const before = process.threadCpuUsage()
    found = segmenter.segment(clicks)
    const used = process.threadCpuUsage(before)
    milliseconds = Math.max(milliseconds, (used.user + used.system) / 1000)
    ious.push(fitOf(found, object).iou)
  }
  return { ious, milliseconds }
}
