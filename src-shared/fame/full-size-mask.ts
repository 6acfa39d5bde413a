import type { Mask } from '../masks/mask.ts'
import type { FrameMask, FrameMasks } from '../masks/frame-masks.ts'
import { upsampleSoft } from '../masks/geometry.ts'
import { packRuns } from '../masks/packed-runs.ts'
import { encodeRuns } from '../masks/runs.ts'
import type { MaskVariant } from './masker.ts'
import { cutMotionPlane } from './motion-mask/motion-plane.ts'
import { RankSelect } from './rank-select.ts'
import { fillCentredGaussian, fillGrid } from './variants.ts'

/** The planes that masks are cut from, at the size that the clip was analysed at. */
export interface CutPlanes {
  /** Pixels of the planes. */
  height: number
  width: number
  /** [height, width], [0, 1]. */
  seed: Float32Array
  soft: Float32Array
  /** See `fillMotionPlane`; needed for the variant `motion`. */
  motion?: Float32Array
}

/**
 * The mask of a clip at the video's own size: the planes are enlarged, bilinear, and cut there.
 * @param size pixels of the video
 * @returns int(beta*H*W) pixels of foreground; `grid` 8 of its 16 cells; `motion` its own area
 * @throws MaskError when the planes' lengths do not fit their size
 */
export function fullSizeMask(
  planes: CutPlanes,
  { beta, variant }: { beta: number; variant: MaskVariant },
  { height, width }: Omit<Mask, 'data'>,
): Mask {
  const data = new Uint8Array(height * width)
  const soft = new Float32Array(height * width)
  if (variant === 'gauss') {
    fillCentredGaussian(height, width, soft)
  } else {
    const from = planeOf(planes, variant)
    upsampleSoft(from, planes.height, planes.width, height, width, soft)
  }
  if (variant === 'motion') cutMotionPlane(soft, data)
  else if (variant === 'grid') fillGrid(soft, height, width, soft, data)
  else new RankSelect().largest(soft, Math.trunc(beta * data.length), data)
  return { data, height, width }
}

/**
 * What a variant finds in each frame, as masks of their own at the video's size.
 * @param fronts [T, h, w] u8, at the size that the clip was analysed at
 * @param size pixels of the video
 */
export function automaticFrames(
  fronts: Uint8Array,
  { height: h, width: w }: Omit<Mask, 'data'>,
  { height, width }: Omit<Mask, 'data'>,
): FrameMasks {
  const soft = new Float32Array(height * width)
  const hard = new Uint8Array(height * width)
  const frames = new Map<number, FrameMask>()
  for (let frame = 0; frame < fronts.length / (h * w); frame++) {
    const front = fronts.subarray(frame * h * w, (frame + 1) * h * w)
    upsampleSoft(Float32Array.from(front), h, w, height, width, soft)
    soft.forEach((value, i) => (hard[i] = Number(value > 0.5)))
    frames.set(frame, { source: 'automatic', mask: packRuns(encodeRuns(hard)) })
  }
  return frames
}

function planeOf(
  { soft, seed, motion }: CutPlanes,
  variant: Exclude<MaskVariant, 'gauss'>,
): Float32Array {
  if (variant !== 'motion') return variant === 'fame' ? soft : seed
  if (!motion) throw new RangeError('The plane of the variant motion was not computed.')
  return motion
}
