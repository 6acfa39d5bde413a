import { deriveSeed, Rng } from '#shared/random/rng.ts'

/** What one optimiser step is made of. All of it follows from seed and step: resuming needs no more. */
export interface StepPlan {
  step: number
  epoch: number
  /** Positions in the list of videos, one a slot of the batch. */
  videos: Uint32Array // [B]
  /** Seeds of crop, flip, start and colour, one a slot and view (query, key). */
  seeds: Uint32Array // [B, 2]
  /** Slot that gives slot i its background, one row a view. Never i itself. */
  partners: [Uint32Array, Uint32Array] // 2 x [B]
}

export interface PlanOptions {
  seed: number
  /** Videos in the training split. */
  videos: number
  batch: number
}

/**
 * Steps in one epoch; the last, incomplete batch is dropped, as the reference does.
 * @throws RangeError when there are fewer videos than a batch needs.
 */
export function stepsPerEpoch({ videos, batch }: Omit<PlanOptions, 'seed'>): number {
  if (videos >= batch) return Math.floor(videos / batch)
  throw new RangeError(
    `A batch needs ${batch} videos and the training split has ${videos}: choose a smaller batch.`,
  )
}

/** @throws RangeError when there are fewer videos than a batch needs. */
export function planStep(step: number, options: PlanOptions): StepPlan {
  const { seed, videos, batch } = options
  const perEpoch = stepsPerEpoch(options)
  const epoch = Math.floor(step / perEpoch)
  const first = (step % perEpoch) * batch
  const order = new Rng(deriveSeed(seed, Purpose.order, epoch)).permutation(videos)
  const slots = order.subarray(first, first + batch)
  const rng = new Rng(deriveSeed(seed, Purpose.partners, step))
  return {
    step,
    epoch,
    videos: slots,
    seeds: Uint32Array.from({ length: 2 * batch }, (_, i) =>
      deriveSeed(seed, Purpose.clip, epoch, slots[i >> 1], i & 1),
    ),
    partners: [cyclicPermutation(batch, rng), cyclicPermutation(batch, rng)],
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
