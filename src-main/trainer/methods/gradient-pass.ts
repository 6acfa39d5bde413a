import type { Engine } from '../engine/engine.ts'
import { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import type { OpenWeights } from '../networks/network.ts'
import type { Weights } from '../networks/weights.ts'

/**
 * The gradients of one micro-batch. The weights of a method's networks are opened once; any number of
 * losses, each with a tape of its own, add to the same sums. Use it within one `engine.scope`.
 */
export class GradientPass {
  private readonly engine: Engine
  private readonly trained: ReadonlyMap<string, Weights>
  private readonly opened: ReadonlyMap<string, OpenWeights>
  private readonly sums = new Map<Tensor, Tensor>()

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
   * A gradient [P] by network; a network that no loss depends on is left out. Call it once, at the end.
   */
  gradients(): Map<string, Tensor> {
    const { engine, sums, opened, trained } = this
    const found = [...opened].flatMap(([network, weights]) => {
      const leaves = [...weights.values()]
      if (!leaves.some((leaf) => sums.has(leaf))) return []
      const parts = leaves.map((leaf) => sums.get(leaf) ?? zerosLike(engine, leaf))
      return [[network, trained.get(network)!.flatten(parts)] as const]
    })
    sums.forEach((held) => engine.release(held))
    sums.clear()
    return new Map(found)
  }
}

/** In the master type, as `flatten` joins it with the others. */
function zerosLike(engine: Engine, { shape }: Tensor): Tensor {
  return engine.tensor(new Float32Array(sizeOf(shape)), shape)
}
