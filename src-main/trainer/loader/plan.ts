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
  /** Class of each video, to take every class equally often. */
  labels?: ArrayLike<number>
}

/** What the plan of a run depends on. */
export function planOptions(
  config: PretrainConfig,
  videos: readonly TrainerVideo[],
  views: number,
): PlanOptions {
  const { seed, batch, dropLast, balanced } = config
  const labels = balanced ? Int32Array.from(videos, ({ label }) => label) : undefined
  return { seed, videos: videos.length, batch, views, dropLast, labels }
}

/**
 * Steps in one epoch.
 * @throws RangeError when there are fewer videos than a batch needs.
 */
export function stepsPerEpoch({
  videos,
  batch,
  dropLast = true,
}: Omit<PlanOptions, 'seed' | 'labels'>): number {
  if (videos >= batch) return dropLast ? Math.floor(videos / batch) : Math.ceil(videos / batch)
  throw new RangeError(
    `A batch needs ${batch} videos, but the training split has ${videos}. Choose a smaller batch.`,
  )
}

/** @throws RangeError when there are fewer videos than a batch needs. */
export function planStep(step: number, options: PlanOptions): StepPlan {
  const { seed, videos, batch, views = 2, labels } = options
  const perEpoch = stepsPerEpoch(options)
  const epoch = Math.floor(step / perEpoch)
  const first = (step % perEpoch) * batch
  const ofOrder = deriveSeed(seed, Purpose.order, epoch)
  const order = labels
    ? balancedOrder(ofOrder, labels, perEpoch * batch)
    : shuffledOrder(ofOrder, videos, perEpoch * batch)
  const slots = order.videos.subarray(first, first + batch)
  const repeats = order.repeats.subarray(first, first + batch)
  const rng = new Rng(deriveSeed(seed, Purpose.partners, step))
  return {
    step,
    epoch,
    videos: slots,
    seeds: Uint32Array.from({ length: views * batch }, (_, i) => {
      const [slot, view] = [Math.floor(i / views), i % views]
      const again = repeats[slot] > 0 ? [repeats[slot]] : []
      return deriveSeed(seed, Purpose.clip, epoch, slots[slot], view, ...again)
    }),
    partners: Array.from({ length: views }, () => cyclicPermutation(batch, rng)),
  }
}

const Purpose = { order: 11, partners: 12, clip: 13 } as const

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
