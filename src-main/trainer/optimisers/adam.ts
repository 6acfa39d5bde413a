import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { Optimiser, type OptimiserOptions } from './optimiser.ts'

export interface AdamOptions extends OptimiserOptions {
  /** Decay rates of the mean and of the mean square of gradients. */
  beta1: number
  beta2: number
  /** Whether weights decay by themselves (AdamW) or through the gradient (Adam). */
  decoupled: boolean
}

const MEAN = 'gradient_mean'
const SQUARE = 'gradient_square'
const EPSILON = 1e-8

/**
 * Adam (Kingma and Ba, ICLR 2015) as PyTorch's `Adam`, and AdamW (Loshchilov and Hutter, ICLR 2019)
 * as its `AdamW`: m and v are running means of g and g^2, divided by 1 - beta^t, and
 * theta = theta - lr * m / (sqrt(v) + 1e-8).
 */
export class Adam extends Optimiser {
  private readonly options: AdamOptions

  constructor(engine: Engine, options: AdamOptions) {
    super(engine, options, [MEAN, SQUARE])
    this.options = options
  }

  protected override update(theta: Tensor, gradient: Tensor, lr: number): Tensor {
    const { engine, steps, rate, weightDecay } = this
    const { beta1, beta2, decoupled } = this.options
    const g = decoupled ? gradient : this.decayed(theta, gradient)
    const m = this.average(MEAN, g, beta1)
    const v = this.average(SQUARE, raw.square(engine, g), beta2)
    const root = raw.scale(engine, raw.sqrt(engine, v), 1 / Math.sqrt(1 - beta2 ** steps))
    const push = raw.divide(engine, m, raw.add(engine, root, engine.scalar(EPSILON)))
    const moved = this.times(raw.scale(engine, push, lr / (1 - beta1 ** steps)), rate)
    if (!decoupled || weightDecay === 0) return raw.subtract(engine, theta, moved)
    const shrunk = this.times(this.times(raw.scale(engine, theta, lr), weightDecay), rate)
    return raw.subtract(engine, raw.subtract(engine, theta, shrunk), moved)
  }

  /** buffer = beta * buffer + (1 - beta) * x */
  private average(name: string, x: Tensor, beta: number): Tensor {
    const { engine } = this
    const before = raw.scale(engine, this.buffer(name), beta)
    const value = raw.add(engine, before, raw.scale(engine, x, 1 - beta))
    this.setBuffer(name, value)
    return value
  }
}
