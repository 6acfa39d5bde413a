import type { Collective } from '../collective/collective.ts'
import type { Engine } from '../engine/engine.ts'
import { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import type { OpenWeights } from '../networks/network.ts'
import type { Weights } from '../networks/weights.ts'
import { GradientBuckets } from './gradient-buckets.ts'

/**
 * The gradients of one micro-batch. The weights of a method's networks are opened once; any number of
 * losses, each with a tape of its own, add to the same sums. Use it within one `engine.scope`.
 */
export class GradientPass {
  private readonly engine: Engine
  private readonly trained: ReadonlyMap<string, Weights>
  private readonly opened: ReadonlyMap<string, OpenWeights>
  private readonly sums = new Map<Tensor, Tensor>()
  /** Gradients that are on their way to other processes. */
  private buckets: GradientBuckets | null = null

  /** @param trained weights by network, as a learner has them */
  constructor(engine: Engine, trained: ReadonlyMap<string, Weights>) {
    this.engine = engine
    this.trained = trained
    this.opened = new Map([...trained].map(([network, weights]) => [network, weights.open()]))
  }

  /** The opened weights of a network. */
  open(network: string): OpenWeights {
    return this.opened.get(network)!
  }

  /**
   * A tape that records what depends on networks.
   * @param networks whose gradients its losses add to. Default: all
   */
  tape(networks: readonly string[] = [...this.opened.keys()]): Tape {
    const tape = new Tape(this.engine)
    for (const network of networks) tape.watch(this.open(network).values())
    return tape
  }

  /** Adds the gradients of share * loss. @param loss scalar that was recorded on the tape */
  add(tape: Tape, loss: Tensor, share = 1): void {
    tape.backward(loss, this.engine.scalar(share), this.sums)
  }

  /**
   * As `add`, of the last loss. Where processes share the batch, they exchange gradients while this
   * pass goes on.
   */
  addLast(tape: Tape, loss: Tensor, share = 1): void {
    const { engine, sums } = this
    const { collective } = engine
    if (!collective) {
      this.add(tape, loss, share)
      return
    }
    const buckets = new GradientBuckets(engine, collective, this.touched(tape))
    this.buckets = buckets
    tape.backward(loss, engine.scalar(share), sums, (leaf) => {
      const gradient = sums.get(leaf)
      if (gradient) buckets.take(leaf, gradient)
    })
  }

  /**
   * A gradient [P] by network; a network that no loss depends on is left out. Where processes share the
   * batch, the mean of theirs. Call it once, at the end.
   */
  gradients(): Map<string, Tensor> {
    const { collective } = this.engine
    const found = collective ? this.meanGradients(collective) : this.ownGradients()
    this.sums.forEach((held) => this.engine.release(held))
    this.sums.clear()
    return found
  }

  private ownGradients(): Map<string, Tensor> {
    const { engine, sums, trained } = this
    const found = [...this.touched()].map(([network, leaves]) => {
      const parts = leaves.map((leaf) => sums.get(leaf) ?? zerosLike(engine, leaf))
      return [network, trained.get(network)!.flatten(parts)] as const
    })
    return new Map(found)
  }

  private meanGradients(collective: Collective): Map<string, Tensor> {
    const { engine, sums } = this
    const buckets = this.buckets ?? new GradientBuckets(engine, collective, this.touched())
    this.buckets = null
    for (const [leaf, gradient] of sums) if (!buckets.has(leaf)) buckets.take(leaf, gradient)
    return buckets.finish()
  }

  /** The leaves of the networks that have gradients, or may have them from a tape. */
  private touched(tape: Tape | null = null): Map<string, readonly Tensor[]> {
    const isTouched = (leaf: Tensor): boolean => this.sums.has(leaf) || tape?.isUsed(leaf) === true
    const found = new Map<string, readonly Tensor[]>()
    for (const [network, weights] of this.opened) {
      const leaves = [...weights.values()]
      if (leaves.some(isTouched)) found.set(network, leaves)
    }
    return found
  }
}

/** In the master type, as `flatten` joins it with the others. */
function zerosLike(engine: Engine, { shape }: Tensor): Tensor {
  return engine.tensor(new Float32Array(sizeOf(shape)), shape)
}
