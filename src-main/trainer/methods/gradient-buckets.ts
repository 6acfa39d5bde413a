import type { Collective, PendingSum } from '../collective/collective.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'

/** Numbers that are added up together, about: 4 MB in float32. */
const BUCKET = 2 ** 20

interface Bucket {
  /** Where it lies in the gradient of its network. */
  from: number
  to: number
  /** Leaves whose gradients are still missing. */
  missing: number
}

/** The gradient of a network in the making. */
interface Gradient {
  buffer: Float32Array<SharedArrayBuffer> // [P]
  buckets: Bucket[]
  /** Whether a loss depends on the network. */
  isNeeded: boolean
}

interface Place {
  gradient: Gradient
  bucket: Bucket
  offset: number
}

const buffers = new WeakMap<Collective, Map<string, Float32Array<SharedArrayBuffer>>>()

/**
 * The mean of gradients over all processes, in buckets of neighbouring parameters: a bucket is on its way
 * as soon as the backward pass has the last of its gradients, while that goes on.
 */
export class GradientBuckets {
  private readonly engine: Engine
  private readonly collective: Collective
  private readonly gradients = new Map<string, Gradient>()
  private readonly places = new Map<Tensor, Place>()
  private readonly taken = new Set<Tensor>()
  private readonly pending: PendingSum[] = []

  /** @param networks their opened weights, in the order of their parameters */
  constructor(
    engine: Engine,
    collective: Collective,
    networks: ReadonlyMap<string, readonly Tensor[]>,
  ) {
    this.engine = engine
    this.collective = collective
    for (const [network, leaves] of networks) this.lay(network, leaves)
  }

  /** Whether the gradient of a parameter was taken in. */
  has(leaf: Tensor): boolean {
    return this.taken.has(leaf)
  }

  /** Takes the whole gradient of a parameter in. */
  take(leaf: Tensor, value: Tensor): void {
    const { gradient, bucket, offset } = this.places.get(leaf)!
    this.taken.add(leaf)
    gradient.isNeeded = true
    gradient.buffer.set(this.engine.read(value), offset)
    bucket.missing--
    if (bucket.missing === 0) this.send(gradient, bucket)
  }

  /**
   * Waits for the others.
   * @returns the mean gradient [P] of each network of which something was taken; what was not is 0
   */
  finish(): Map<string, Tensor> {
    const { engine, collective } = this
    const needed = [...this.gradients].filter(([, { isNeeded }]) => isNeeded)
    for (const [, gradient] of needed) {
      for (const bucket of gradient.buckets) if (bucket.missing > 0) this.send(gradient, bucket)
    }
    for (const sum of this.pending) sum.wait()
    const means = needed.map(([network, { buffer }]) => {
      // A new tensor, since the next step writes into the buffer.
      const sum = engine.tensor(buffer, [buffer.length])
      return [network, raw.scale(engine, sum, 1 / collective.size)] as const
    })
    return new Map(means)
  }

  private lay(network: string, leaves: readonly Tensor[]): void {
    const sizes = leaves.map(({ shape }) => sizeOf(shape))
    const length = sizes.reduce((sum, size) => sum + size, 0)
    const buffer = bufferOf(this.collective, network, length).fill(0)
    const gradient: Gradient = { buffer, buckets: [], isNeeded: false }
    let offset = 0
    leaves.forEach((leaf, i) => {
      let bucket = gradient.buckets.at(-1)
      if (!bucket || bucket.to - bucket.from >= BUCKET) {
        bucket = { from: offset, to: offset, missing: 0 }
        gradient.buckets.push(bucket)
      }
      this.places.set(leaf, { gradient, bucket, offset })
      offset += sizes[i]
      bucket.to = offset
      bucket.missing++
    })
    this.gradients.set(network, gradient)
  }

  private send({ buffer }: Gradient, { from, to }: Bucket): void {
    this.pending.push(this.collective.startSum(buffer.subarray(from, to)))
  }
}

/** One for each network, which all steps use. */
function bufferOf(
  collective: Collective,
  network: string,
  length: number,
): Float32Array<SharedArrayBuffer> {
  const known = buffers.get(collective) ?? new Map<string, Float32Array<SharedArrayBuffer>>()
  buffers.set(collective, known)
  const buffer = known.get(network)
  if (buffer?.length === length) return buffer
  const made = collective.allocate(length)
  known.set(network, made)
  return made
}
