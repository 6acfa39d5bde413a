import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { countValues, ruled, spread, type GroupRule, type Parameter } from './parameters.ts'

export interface OptimiserOptions {
  parameters: readonly Parameter[]
  weightDecay: number
  /** Groups of parameters that are updated in another way. */
  rules?: readonly GroupRule[]
}

/**
 * Updates one vector of parameters by its gradient. What an optimiser remembers between steps lies
 * in buffers of the same length.
 */
export abstract class Optimiser {
  protected readonly engine: Engine
  protected readonly parameters: readonly Parameter[]
  /** Weight decay by value: a number, or a vector [P] where groups differ. */
  protected readonly weightDecay: number | Tensor
  /** Factor on the learning rate by value, likewise. */
  protected readonly rate: number | Tensor
  private readonly buffers: Map<string, Tensor>
  /** How many steps have been taken. */
  protected steps = 0

  /** @param buffers names of the vectors that are remembered, zeros at first */
  constructor(engine: Engine, options: OptimiserOptions, buffers: readonly string[]) {
    const { parameters, rules = [], weightDecay } = options
    this.engine = engine
    this.parameters = parameters
    const decayOf = (p: Parameter): number => ruled(p, rules, 'weightDecay') ?? weightDecay
    this.weightDecay = spread(engine, parameters, decayOf)
    this.rate = spread(engine, parameters, (p) => ruled(p, rules, 'rate') ?? 1)
    const size = countValues(parameters)
    const zeros = (): Tensor => engine.held(new Float32Array(size), [size])
    this.buffers = new Map(buffers.map((name) => [name, zeros()]))
  }

  /**
   * One step.
   * @param theta [P] @param gradient [P] @param lr learning rate of this step
   * @returns the new theta, [P]
   */
  step(theta: Tensor, gradient: Tensor, lr: number): Tensor {
    this.steps++
    return this.engine.scope(() => this.update(theta, gradient, lr))
  }

  get bufferNames(): string[] {
    return [...this.buffers.keys()]
  }

  /** What the next step depends on: each buffer [P] by name, and the number of steps taken. */
  state(): { buffers: Map<string, Float32Array>; steps: number } {
    const { engine } = this
    const read = (buffer: Tensor): Float32Array => engine.scope(() => engine.read(buffer).slice())
    const values = [...this.buffers].map(([name, buffer]) => [name, read(buffer)] as const)
    return { buffers: new Map(values), steps: this.steps }
  }

  /** @throws RangeError when a buffer is missing or of another length; nothing is changed then. */
  load({ buffers, steps }: { buffers: ReadonlyMap<string, Float32Array>; steps: number }): void {
    const size = countValues(this.parameters)
    for (const name of this.buffers.keys()) {
      const found = buffers.get(name)?.length ?? 0
      if (found !== size) {
        throw new RangeError(
          `Expected ${size} values of '${name}' for the optimiser, got ${found}.`,
        )
      }
    }
    this.engine.scope(() => {
      for (const name of this.buffers.keys()) {
        this.setBuffer(name, this.engine.tensor(buffers.get(name)!.slice(), [size]))
      }
    })
    this.steps = steps
  }

  /** Forgets every step so far. */
  restart(): void {
    const size = countValues(this.parameters)
    this.engine.scope(() => {
      for (const name of this.buffers.keys()) {
        this.setBuffer(name, this.engine.tensor(new Float32Array(size), [size]))
      }
    })
    this.steps = 0
  }

  dispose(): void {
    this.buffers.forEach((buffer) => this.engine.release(buffer))
    for (const vector of [this.weightDecay, this.rate]) {
      if (typeof vector !== 'number') this.engine.release(vector)
    }
  }

  /** The step itself; runs in a scope of its own. */
  protected abstract update(theta: Tensor, gradient: Tensor, lr: number): Tensor

  protected buffer(name: string): Tensor {
    return this.buffers.get(name)!
  }

  protected setBuffer(name: string, value: Tensor): void {
    this.engine.hold(value)
    this.engine.release(this.buffer(name))
    this.buffers.set(name, value)
  }

  /** x times a number, or value by value. */
  protected times(x: Tensor, factor: number | Tensor): Tensor {
    const { engine } = this
    if (typeof factor !== 'number') return raw.multiply(engine, x, factor)
    return factor === 1 ? x : raw.scale(engine, x, factor)
  }

  /** gradient + weight decay * theta */
  protected decayed(theta: Tensor, gradient: Tensor): Tensor {
    if (this.weightDecay === 0) return gradient
    return raw.add(this.engine, gradient, this.times(theta, this.weightDecay))
  }
}
