import { attribute } from './attributes.ts'
import type { Engine } from './engine.ts'
import type { Tensor } from './tensor.ts'

interface Step {
  output: Tensor
  inputs: readonly Tensor[]
  saved: readonly Tensor[]
  backward: (gradient: Tensor) => readonly (Tensor | null)[]
}

/**
 * Reverse-mode differentiation: ops record how to go back, `backward` walks the record from its
 * end. Without watched tensors nothing is recorded, so the same forward code serves inference.
 */
export class Tape {
  readonly engine: Engine
  private steps: Step[] = []
  private readonly wanted = new Set<Tensor>()
  private readonly leaves = new Set<Tensor>()

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** Asks for the gradients of `tensors`. */
  watch(tensors: Iterable<Tensor>): void {
    for (const tensor of tensors) {
      this.wanted.add(tensor)
      this.leaves.add(tensor)
    }
  }

  /** Whether the gradient of `x` will be needed. */
  needs(x: Tensor): boolean {
    return this.wanted.has(x)
  }

  /** Whether a recorded step takes a watched tensor in. */
  isUsed(leaf: Tensor): boolean {
    return this.steps.some(({ inputs }) => inputs.includes(leaf))
  }

  /**
   * Records that `output` came from `inputs`. `backward` takes the gradient of `output` and returns
   * that of each input, null where `needs` says no. `saved` is what `backward` reads: it is kept
   * until then.
   */
  record(
    output: Tensor,
    inputs: readonly Tensor[],
    saved: readonly Tensor[],
    backward: Step['backward'],
  ): Tensor {
    if (inputs.some((input) => this.wanted.has(input))) {
      this.wanted.add(output)
      saved.forEach((tensor) => this.engine.hold(tensor))
      this.steps.push({ output, inputs, saved, backward })
    }
    return output
  }

  /**
   * The gradients of the watched tensors, given that of `output`; added to `sums` where it has
   * one already. They are held: the caller releases them. The record is empty afterwards.
   * @param onFinal told of each watched tensor once no step is left that adds to its gradient
   */
  backward(
    output: Tensor,
    gradient: Tensor,
    sums: Map<Tensor, Tensor> = new Map(),
    onFinal: ((leaf: Tensor) => void) | null = null,
  ): Map<Tensor, Tensor> {
    const gradients = new Map([[output, this.engine.hold(gradient)]])
    const uses = onFinal && this.usesOfLeaves()
    while (this.steps.length > 0) {
      const step = this.steps.pop()!
      const dy = gradients.get(step.output)
      if (dy) {
        gradients.delete(step.output)
        this.engine.scope(() => {
          step.backward(dy).forEach((dx, i) => {
            const input = step.inputs[i]
            // An op may give more gradients than are asked for.
            if (dx && this.needs(input))
              this.add(this.leaves.has(input) ? sums : gradients, input, dx)
          })
        })
        this.engine.release(dy)
      }
      step.saved.forEach((tensor) => this.engine.release(tensor))
      for (const input of uses ? step.inputs : []) {
        const left = uses!.get(input)
        if (left === undefined) continue
        uses!.set(input, left - 1)
        if (left === 1) onFinal!(input)
      }
    }
    return sums
  }

  /** How often the recorded steps take each watched tensor in. */
  private usesOfLeaves(): Map<Tensor, number> {
    const uses = new Map<Tensor, number>()
    for (const { inputs } of this.steps) {
      for (const input of inputs) {
        if (this.leaves.has(input)) uses.set(input, (uses.get(input) ?? 0) + 1)
      }
    }
    return uses
  }

  private add(sums: Map<Tensor, Tensor>, x: Tensor, dx: Tensor): void {
    const before = sums.get(x)
    const sum = before ? this.engine.op('AddV2', [before, dx], [attribute.type('T', dx.dtype)]) : dx
    sums.set(x, this.engine.hold(sum))
    if (before) this.engine.release(before)
  }
}
