import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import type { Tensor } from '../tensor.ts'

export interface SgdNumbers {
  lr: number
  momentum: number
  weightDecay: number
}

/** v' = momentum * v + (g + weightDecay * theta), theta' = theta - lr * v'; vectors of one length. */
export function sgdStep(
  engine: Engine,
  theta: Tensor,
  v: Tensor,
  g: Tensor,
  { lr, momentum, weightDecay }: SgdNumbers,
): { theta: Tensor; v: Tensor } {
  if (engine.kernels.update) {
    const numbers = engine.tensor(Float32Array.of(lr, momentum, weightDecay), [3])
    const [moved, velocity] = engine.ops('FameSgd', [theta, v, g, numbers], [], 2)
    return { theta: moved, v: velocity }
  }
  const push = raw.add(engine, g, raw.scale(engine, theta, weightDecay))
  const velocity = raw.add(engine, raw.scale(engine, v, momentum), push)
  return { theta: raw.subtract(engine, theta, raw.scale(engine, velocity, lr)), v: velocity }
}

/** m * x + (1 - m) * y, of one length. */
export function blend(engine: Engine, x: Tensor, y: Tensor, m: number): Tensor {
  if (engine.kernels.update) {
    return engine.op('FameBlend', [x, y, engine.scalar(m), engine.scalar(1 - m)])
  }
  return raw.add(engine, raw.scale(engine, x, m), raw.scale(engine, y, 1 - m))
}
