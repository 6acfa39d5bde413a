import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'

/** Scalar losses times their weights, added. */
export function weightedSum(
  tape: Tape,
  parts: readonly { loss: Tensor; weight: number }[],
): Tensor {
  const { engine } = tape
  const sum = parts
    .map(({ loss, weight }) => raw.scale(engine, loss, weight))
    .reduce((total, part) => raw.add(engine, total, part))
  const losses = parts.map(({ loss }) => loss)
  return tape.record(sum, losses, [], (dy) =>
    parts.map(({ loss, weight }) => (tape.needs(loss) ? raw.scale(engine, dy, weight) : null)),
  )
}
