import type { Engine } from '../engine/engine.ts'
import { sgdStep } from '../engine/ops/update.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'

export interface SgdOptions {
  momentum: number
  weightDecay: number
}

/**
 * Stochastic gradient descent as PyTorch's `SGD`, on one vector of parameters:
 * v = momentum * v + (g + weightDecay * theta), theta = theta - lr * v.
 */
export class Sgd {
  private readonly engine: Engine
  private readonly options: SgdOptions
  private v: Tensor

  /** @param size number of parameters P */
  constructor(engine: Engine, size: number, options: SgdOptions) {
    this.engine = engine
    this.options = options
    this.v = engine.held(new Float32Array(size), [size])
  }

  /** theta after one step. @param theta [P] @param gradient [P] */
  step(theta: Tensor, gradient: Tensor, lr: number): Tensor {
    const { engine, options } = this
    return engine.scope(() => {
      const next = sgdStep(engine, theta, this.v, gradient, { ...options, lr })
      this.replace(next.v)
      return next.theta
    })
  }

  /** The momentum buffer v, [P]. */
  get velocity(): Tensor {
    return this.v
  }

  /** @throws RangeError when the length is not that of the parameters. */
  loadVelocity(values: Float32Array): void {
    if (values.length !== sizeOf(this.v.shape)) {
      throw new RangeError(
        `Expected a momentum buffer of ${sizeOf(this.v.shape)} values, got ${values.length}.`,
      )
    }
    this.engine.scope(() => this.replace(this.engine.tensor(values, this.v.shape)))
  }

  dispose(): void {
    this.engine.release(this.v)
  }

  private replace(v: Tensor): void {
    this.engine.hold(v)
    this.engine.release(this.v)
    this.v = v
  }
}
