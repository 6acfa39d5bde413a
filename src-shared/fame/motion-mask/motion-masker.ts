import type { CameraMotion } from '../camera/motion.ts'
import { GlobalMotion, type GlobalMotionOptions } from '../camera/global-motion.ts'
import type { Clip } from '../clip.ts'
import { frontOfFrame, type Parts } from './by-frame.ts'
import { measureChange } from './change.ts'
import { codingNoise, greatestWithout } from './coded-anew.ts'
import { boxAround, cropPlanes } from './crop.ts'
import { amongAllFrames, framesOf, litFrames } from './dark-frames.ts'
import { forgiveEdges } from './edges.ts'
import { groundOf } from './ground.ts'
import { inEvenLight, lightOf } from './light.ts'
import { Memory } from './memory.ts'
import { placedAlike, placedWithin, placeFrames, type Placement } from './placement.ts'
import { restingFront } from './resting.ts'
import { planeOfFrame, stackFrames, type Stack } from './stack.ts'
import { sweptPlaces } from './swept.ts'
import { changeLevels } from './threshold.ts'

/** What moves by itself in a clip. */
export interface MotionMask {
  /** [H, W] u8: 1 where something moves or passes in any frame. */
  mask: Uint8Array
  /** [T, H, W] u8: what is front in each frame. */
  frames: Uint8Array
  /** [H, W], 0..3: the greatest change from a frame to the next, summed over RGB, the camera's taken out. */
  change: Float32Array
  /** [T - 1]: the camera's motion; null for one at rest. */
  camera: CameraMotion[] | null
  /** [T]: how bright each frame is, of the first; null in even light. */
  light: number[] | null
}

export interface MotionMaskOptions {
  /** Whether the camera may move. Default true. */
  camera?: boolean
  /** See `GlobalMotion.estimate`. Default true. */
  border?: boolean
  /** See `GlobalMotion.estimate`. Default true. */
  perspective?: boolean
  /**
   * Whether the noise of a codec at a low rate is told from motion, and that of a clip whose camera moves
   * from all places that it shows. Default true.
   */
  noise?: boolean
}

/**
 * Masks of what moves by itself, frame by frame, for clips of one height and width. All frames are
 * brought into one light and onto one canvas, on which the camera rests. There the greatest change of
 * each place from a frame to the next parts places that something passes from those at rest; what is
 * behind follows from the frames in which nothing moves there; and what differs from it in a frame,
 * but for shadows, is front. What is enclosed by front and has its colours is front too. The area
 * follows from the clip; where nothing moves it is empty. Nothing is front in black frames, which are
 * left out. The same clip always gives the same mask.
 */
export class MotionMasker {
  private readonly camera: GlobalMotion
  private readonly memory = new Memory()

  /** @param height in pixels, at least 4 @param width in pixels, at least 4 */
  constructor(height: number, width: number) {
    this.camera = new GlobalMotion(height, width)
  }

  /** @param given [T, H, W, 3], T >= 2 */
  compute(given: Clip, options: MotionMaskOptions = {}): MotionMask {
    const lit = litFrames(given)
    if (!lit) return this.computeLit(given, options)
    return amongAllFrames(this.computeLit(framesOf(given, lit), options), lit, given.frames)
  }

  private computeLit(
    given: Clip,
    { camera: mayMove = true, noise = true, ...models }: MotionMaskOptions,
  ): MotionMask {
    const light = lightOf(given)
    const clip = light ? inEvenLight(given, light, this.memory) : given
    const { frames, height, width } = clip
    const placed = mayMove ? this.placeMoving(clip, models) : null
    const { camera, placement } = placed ?? {
      camera: null,
      placement: placedAlike(frames, height, width),
    }
    const stack = stackFrames(clip, placement, camera === null, this.memory)
    const { steps, greatest: ofAll } = measureChange(stack, this.memory)
    const coded = noise && !camera ? codingNoise(steps, stack) : null
    const greatest = coded ? greatestWithout(steps, coded, stack) : ofAll
    const sure = camera ? forgiveEdges(stack, greatest) : greatest
    // Before a moving camera, places without change were not seen, or nothing of it was left to count.
    const shown = noise ? greatest : sure
    const isSeen = (i: number): boolean => camera === null || shown[i] > 0
    const { threshold } = changeLevels(sure, isSeen, coded?.level)
    const swept = sweptPlaces(greatest, sure, stack, threshold, height * width)
    const change = new Float32Array(height * width)
    planeOfFrame(greatest, placement, frames >> 1, clip, change)
    for (let i = 0; i < change.length; i++) change[i] /= 255
    const found = { change, camera, light }
    if (!swept.includes(1)) return { ...emptyMask(clip), ...found }
    return { ...partNear(clip, { stack, steps, placement, swept, threshold }), ...found }
  }

  /** Null for a camera at rest. Homographies that no canvas can hold give way to affine motions. */
  private placeMoving(
    clip: Clip,
    models: GlobalMotionOptions,
  ): { camera: CameraMotion[]; placement: Placement } | null {
    for (const options of [models, { ...models, perspective: false }]) {
      const camera = this.camera.estimate(clip, options)
      if (!camera) return null
      const placement = placeFrames(camera, clip.height, clip.width)
      if (placement) return { camera, placement }
    }
    return null
  }
}

/** Pixels of ground around what moves that are looked at. */
const MARGIN = 8

interface Swept {
  stack: Stack
  /** [T - 1, H, W] */
  steps: Float32Array
  placement: Placement
  /** [H, W] */
  swept: Uint8Array
  threshold: number
}

/** Parts front from ground around the swept places alone. */
function partNear(
  clip: Clip,
  { stack: whole, steps, placement, swept: all, threshold }: Swept,
): Pick<MotionMask, 'mask' | 'frames'> {
  const box = boxAround(all, whole, MARGIN)
  const swept = cropPlanes(all, whole, box)
  const stack: Stack = {
    frames: whole.frames,
    height: box.height,
    width: box.width,
    data: cropPlanes(whole.data, whole, box, 3),
    known: cropPlanes(whole.known, whole, box),
    isStill: whole.isStill,
  }
  const ground = groundOf(stack, cropPlanes(steps, whole, box), swept, threshold)
  const resting = restingFront(swept, ground, stack)
  return partFrames(clip, stack, placedWithin(placement, box), {
    swept,
    resting,
    ground,
    threshold,
  })
}

function emptyMask({ frames, height, width }: Clip): Pick<MotionMask, 'mask' | 'frames'> {
  const pixels = height * width
  return { mask: new Uint8Array(pixels), frames: new Uint8Array(frames * pixels) }
}

/** What is front in each frame, and in any of them. */
function partFrames(
  clip: Clip,
  stack: Stack,
  placement: Placement,
  parts: Parts,
): Pick<MotionMask, 'mask' | 'frames'> {
  const { mask, frames } = emptyMask(clip)
  const front = new Uint8Array(parts.swept.length)
  const shaded = new Uint8Array(parts.swept.length)
  for (let t = 0; t < clip.frames; t++) {
    frontOfFrame(stack, t, parts, front, shaded)
    const frame = frames.subarray(t * mask.length, (t + 1) * mask.length)
    planeOfFrame(front, placement, t, clip, frame)
    for (let i = 0; i < mask.length; i++) mask[i] |= frame[i]
  }
  if (stack.isStill) addSwept(parts, placement, clip, shaded, mask)
  return { mask, frames }
}

/** Before a camera at rest, what something passed is known better than what is front in a frame. */
function addSwept(
  { swept }: Parts,
  placement: Placement,
  clip: Clip,
  shaded: Uint8Array,
  mask: Uint8Array,
): void {
  const passed = swept.map((value, i) => value & (shaded[i] ^ 1))
  const whole = new Uint8Array(mask.length)
  planeOfFrame(passed, placement, 0, clip, whole)
  for (let i = 0; i < mask.length; i++) mask[i] |= whole[i]
}
