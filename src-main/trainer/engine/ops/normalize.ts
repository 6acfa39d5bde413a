import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/** Rows of x [B, D] at unit length: x / max(|x|, 1e-12), as PyTorch's `normalize`. */
export function normalizeRows(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const length = raw.sqrt(engine, raw.sum(engine, raw.square(engine, x), [1], true)) // [B, 1]
  const safe = raw.maximum(engine, length, engine.scalar(1e-12))
  const y = raw.divide(engine, x, safe) // [B, D]
  return tape.record(y, [x], [y, safe], (dy) => {
    const along = raw.sum(engine, raw.multiply(engine, dy, y), [1], true) // [B, 1]
    const across = raw.subtract(engine, dy, raw.multiply(engine, y, along))
    return [raw.divide(engine, across, safe)]
  })
}
