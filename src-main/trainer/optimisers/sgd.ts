import type { Engine } from '../engine/engine.ts'
import { sgdStep } from '../engine/ops/update.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { Optimiser, type OptimiserOptions } from './optimiser.ts'

const VELOCITY = 'momentum'

/**
 * Stochastic gradient descent with momentum, as PyTorch's `SGD`:
 * v = momentum * v + (g + weightDecay * theta), theta = theta - lr * v.
 */
export class Sgd extends Optimiser {
  private readonly momentum: number

  constructor(engine: Engine, options: OptimiserOptions & { momentum: number }) {
    super(engine, options, [VELOCITY])
    this.momentum = options.momentum
  }

  protected override update(theta: Tensor, gradient: Tensor, lr: number): Tensor {
    const { engine, momentum, weightDecay, rate } = this
    const v = this.buffer(VELOCITY)
    if (typeof weightDecay === 'number' && rate === 1) {
      const next = sgdStep(engine, theta, v, gradient, { lr, momentum, weightDecay })
      this.setBuffer(VELOCITY, next.v)
      return next.theta
    }
    return this.push(theta, this.decayed(theta, gradient), lr)
  }

  /** v = momentum * v + push, theta = theta - lr * rate * v */
  protected push(theta: Tensor, push: Tensor, lr: number): Tensor {
    const { engine, momentum, rate } = this
    const v = raw.add(engine, this.times(this.buffer(VELOCITY), momentum), push)
    this.setBuffer(VELOCITY, v)
    return raw.subtract(engine, theta, this.times(raw.scale(engine, v, lr), rate))
  }
}
