import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { OptimiserOptions } from './optimiser.ts'
import { isVector, ruled, type GroupRule } from './parameters.ts'
import { Sgd } from './sgd.ts'

export interface LarsOptions extends OptimiserOptions {
  momentum: number
  /** Size of an update against the size of what it updates. */
  trust: number
}

const EPSILON = 1e-8

/**
 * Layer-wise adaptive rate scaling (You et al., 2017). The gradient of every weight becomes
 * trust * |w| / (|g| + weightDecay * |w| + 1e-8) * (g + weightDecay * w); then SGD with momentum.
 * Parameters of one dimension get SGD without weight decay.
 */
export class Lars extends Sgd {
  private readonly trust: number
  /** Weight decay by parameter. */
  private readonly decays: readonly number[]

  constructor(engine: Engine, options: LarsOptions) {
    super(engine, options)
    this.trust = options.trust
    const rules: readonly GroupRule[] = options.rules ?? []
    this.decays = options.parameters.map(
      (parameter) => ruled(parameter, rules, 'weightDecay') ?? options.weightDecay,
    )
  }

  protected override update(theta: Tensor, gradient: Tensor, lr: number): Tensor {
    const { engine, parameters, decays } = this
    const sizes = parameters.map(({ size }) => size)
    const w = raw.split(engine, theta, sizes, 0)
    const g = raw.split(engine, gradient, sizes, 0)
    const norms = this.norms([...w, ...g])
    const pushes = parameters.map((parameter, i) => {
      if (isVector(parameter)) return g[i]
      const factor = this.factor(norms[i], norms[parameters.length + i], decays[i])
      const decayed = raw.add(engine, g[i], raw.scale(engine, w[i], decays[i]))
      return raw.scale(engine, decayed, factor)
    })
    return this.push(theta, raw.concat(engine, pushes, 0), lr)
  }

  /** A parameter or gradient of zeros is not adapted. */
  private factor(w: number, g: number, decay: number): number {
    return w === 0 || g === 0 ? 1 : (this.trust * w) / (g + decay * w + EPSILON)
  }

  /** L2 norms, all read at once. */
  private norms(parts: readonly Tensor[]): number[] {
    const { engine } = this
    const halves = parts.map((part) => {
      const half = engine.op('L2Loss', [part], [attribute.type('T', part.dtype)])
      return engine.reshape(half, [1])
    })
    return [...engine.read(raw.concat(engine, halves, 0))].map((half) => Math.sqrt(2 * half))
  }
}
