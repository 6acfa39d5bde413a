import { chooseBeta, chooseBetaOr } from '#shared/fame/adaptive-beta.ts'
import type { MaskVariant } from '#shared/fame/masker.ts'
import { cutMotionPlane } from '#shared/fame/motion-mask/motion-plane.ts'
import { RankSelect } from '#shared/fame/rank-select.ts'
import { fillCentredGaussian, fillGrid } from '#shared/fame/variants.ts'
import type { Mask } from '#shared/masks/mask.ts'
import { usesBeta } from '#shared/views/merge-settings.ts'

/** The planes that masks are cut from, [height, width] each. */
export interface CutPlanes {
  height: number
  width: number
  seed: Float32Array
  soft: Float32Array
  /** What `motion` is cut from. */
  motion: Float32Array
}

export interface CutOptions {
  beta: number
  variant: MaskVariant
  /** Choose beta from the soft mask instead. */
  adaptive: boolean
}

export interface Cut {
  mask: Mask
  /** What the mask was cut from, [0, 1]. */
  soft: Float32Array
  /** The beta asked for or chosen. */
  beta: number
  /** Foreground over all pixels. */
  area: number
  variant: MaskVariant
}

const select = new RankSelect()

/** The mask that `Masker.compute` makes of the clip behind the planes. */
export function cutMask(planes: CutPlanes, options: CutOptions): Cut {
  const { height, width } = planes
  const data = new Uint8Array(height * width)
  const mask = { data, height, width }
  const { variant } = options
  const soft = softOf(planes, options.variant, data)
  if (!usesBeta(options.variant))
    return { mask, soft, beta: options.beta, area: areaOf(mask), variant }
  const beta = options.adaptive ? chosenBeta(planes, soft, options) : options.beta
  select.largest(soft, Math.trunc(beta * data.length), data)
  return { mask, soft, beta, area: areaOf(mask), variant }
}

function chosenBeta(
  { seed }: CutPlanes,
  soft: Float32Array,
  { variant, beta }: CutOptions,
): number {
  return variant === 'fame' ? chooseBetaOr(soft, seed, beta) : chooseBeta(soft)
}

/** Receives the masks of `grid` and `motion`, which beta does not cut. */
function softOf(planes: CutPlanes, variant: MaskVariant, mask: Uint8Array): Float32Array {
  const { height, width, seed, motion } = planes
  if (variant === 'fame') return planes.soft
  if (variant === 'seed') return seed
  if (variant === 'gauss') return gaussOf(height, width)
  if (variant === 'motion') {
    cutMotionPlane(motion, mask)
    return motion
  }
  const soft = new Float32Array(height * width)
  fillGrid(seed, height, width, soft, mask)
  return soft
}

let gauss = { height: 0, width: 0, soft: new Float32Array() }

/** The last one stays: it is the same for every clip of a size. */
function gaussOf(height: number, width: number): Float32Array {
  if (gauss.height !== height || gauss.width !== width) {
    gauss = { height, width, soft: new Float32Array(height * width) }
    fillCentredGaussian(height, width, gauss.soft)
  }
  return gauss.soft
}

export function areaOf({ data }: Mask): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]
  return sum / data.length
}

export interface Agreement {
  /** Intersection over union; 1 for two empty masks. */
  iou: number
  /** Part of the mask that is true; 1 for an empty mask. */
  precision: number
  /** Part of what is true that is in the mask; 1 where nothing is. */
  recall: number
}

/** How well a mask fits the true one, which is read at the middle of each of the mask's pixels. */
export function agreementOf({ data, height, width }: Mask, truth: Mask): Agreement {
  const columns = Uint32Array.from({ length: width }, (_, x) => middleOf(x, width, truth.width))
  let both = 0
  let cut = 0
  let real = 0
  for (let y = 0, i = 0; y < height; y++) {
    const row = middleOf(y, height, truth.height) * truth.width
    for (let x = 0; x < width; x++, i++) {
      const isTrue = truth.data[row + columns[x]]
      const isCut = data[i]
      both += isTrue & isCut
      cut += isCut
      real += isTrue
    }
  }
  const part = (of: number) => (of === 0 ? 1 : both / of)
  return { iou: part(cut + real - both), precision: part(cut), recall: part(real) }
}

/** Which of `to` pixels holds the middle of pixel `at` of `from`. */
function middleOf(at: number, from: number, to: number): number {
  return Math.floor(((at + 0.5) * to) / from)
}

/** Mean of a plane where the mask is 1 and where it is 0; 0 where there is no such pixel. */
export function meansOf(plane: Float32Array, { data }: Mask): { inside: number; outside: number } {
  let inside = 0
  let outside = 0
  let count = 0
  for (let i = 0; i < plane.length; i++) {
    if (data[i] === 1) {
      inside += plane[i]
      count += 1
    } else {
      outside += plane[i]
    }
  }
  const rest = plane.length - count
  return { inside: count && inside / count, outside: rest && outside / rest }
}
