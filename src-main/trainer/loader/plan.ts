import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { TrainerVideo } from '../process/messages.ts'
import { balancedOrder, shuffledOrder } from './epoch-order.ts'

/** What one optimiser step is made of. All of it follows from seed and step: resuming needs no more. */
export interface StepPlan {
  step: number
  epoch: number
  /** Positions in the list of videos, one a slot of the batch. */
  videos: Uint32Array // [B]
  /** Seeds of start, crop, flip and colours, one a slot and view. */
  seeds: Uint32Array // [B, V]
  /** Slot that gives slot i its background, one row a view. Never i itself. */
  partners: Uint32Array[] // V x [B]
}

export interface PlanOptions {
  seed: number
  /** Videos in the training split. */
  videos: number
  batch: number
  /** Clips that are taken of each video, V. Default 2. */
  views?: number
  /**
   * Whether an epoch leaves out its last, incomplete batch, as the reference does; else it is filled
   * up from the beginning. Default true.
   */
  dropLast?: boolean
  /** Places of a batch that each video takes; they follow each other. Default 1. */
  repeats?: number
  /** Class of each video, to take every class equally often. */
  labels?: ArrayLike<number>
}

/** What the plan of a run depends on. */
export function planOptions(
  config: PretrainConfig,
  videos: readonly TrainerVideo[],
  views: number,
): PlanOptions {
  const { seed, batch, dropLast, balanced, repeats } = config
  const labels = balanced ? Int32Array.from(videos, ({ label }) => label) : undefined
  return { seed, videos: videos.length, batch, views, dropLast, repeats, labels }
}

/**
 * Steps in one epoch.
 * @throws RangeError when there are fewer videos than a batch needs.
 */
export function stepsPerEpoch({
  videos,
  batch,
  dropLast = true,
  repeats = 1,
}: Omit<PlanOptions, 'seed' | 'labels'>): number {
  const needed = batch / repeats
  if (videos >= needed) return dropLast ? Math.floor(videos / needed) : Math.ceil(videos / needed)
  throw new RangeError(
    `A batch needs ${needed} videos, but the training split has ${videos}. Choose a smaller batch.`,
  )
}

/** @throws RangeError when there are fewer videos than a batch needs. */
export function planStep(step: number, options: PlanOptions): StepPlan {
  const { seed, videos, batch, views = 2, repeats = 1, labels } = options
  const perEpoch = stepsPerEpoch(options)
  const epoch = Math.floor(step / perEpoch)
  const each = batch / repeats
  const first = (step % perEpoch) * each
  const ofOrder = deriveSeed(seed, Purpose.order, epoch)
  const order = labels
    ? balancedOrder(ofOrder, labels, perEpoch * each)
    : shuffledOrder(ofOrder, videos, perEpoch * each)
  const placeOf = (slot: number): number => first + Math.floor(slot / repeats)
  const slots = Uint32Array.from({ length: batch }, (_, slot) => order.videos[placeOf(slot)])
  const rng = new Rng(deriveSeed(seed, Purpose.partners, step))
  return {
    step,
    epoch,
    videos: slots,
    seeds: Uint32Array.from({ length: views * batch }, (_, i) => {
      const [slot, view] = [Math.floor(i / views), i % views]
      const before = order.repeats[placeOf(slot)] * repeats + (slot % repeats)
      const again = before > 0 ? [before] : []
      return deriveSeed(seed, Purpose.clip, epoch, slots[slot], view, ...again)
    }),
    partners: Array.from({ length: views }, () => partnersOf(each, repeats, rng)),
  }
}

const Purpose = { order: 11, partners: 12, clip: 13 } as const

/** Each place's partner, that of another video: the first, second … places of all videos make a cycle each. */
function partnersOf(videos: number, repeats: number, rng: Rng): Uint32Array {
  const cycles = Array.from({ length: repeats }, () => cyclicPermutation(videos, rng))
  return Uint32Array.from({ length: videos * repeats }, (_, slot) => {
    const copy = slot % repeats
    return cycles[copy][(slot - copy) / repeats] * repeats + copy
  })
}

/** A random permutation that is one cycle, so that no slot is its own partner (Sattolo). */
function cyclicPermutation(n: number, rng: Rng): Uint32Array {
  const cycle = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = rng.int(i)
    const held = cycle[i]
    cycle[i] = cycle[j]
    cycle[j] = held
  }
  return cycle
}
