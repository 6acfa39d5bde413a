import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'

/**
 * The mean of (x - target)^2 over all numbers, scalar.
 * @param target of the shape of x; no gradient flows into it
 */
export function meanSquare(tape: Tape, x: Tensor, target: Tensor): Tensor {
  const { engine } = tape
  const axes = x.shape.map((_, axis) => axis)
  const y = raw.mean(engine, raw.squaredDifference(engine, x, target), axes)
  return tape.record(y, [x], [x, target], (dy) => {
    const each = raw.scale(engine, dy, 2 / sizeOf(x.shape))
    return [raw.multiply(engine, raw.subtract(engine, x, target), each)]
  })
}
