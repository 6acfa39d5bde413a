import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'

const float = [attribute.type('T', DType.float32)]

/** Rows of x [B, D] at unit length, x / max(|x|, 1e-12), as PyTorch's `normalize`. float32. */
export function normalizeRows(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const length = engine.op('Sqrt', [rowSums(engine, engine.op('Square', [x], float))], float)
  const safe = engine.op('Maximum', [length, engine.scalar(1e-12)], float) // [B, 1]
  const y = engine.op('RealDiv', [x, safe], float) // [B, D]
  return tape.record(y, [x], [y, safe], (dy) => {
    const along = rowSums(engine, engine.op('Mul', [dy, y], float)) // [B, 1]
    const across = engine.op('Sub', [dy, engine.op('Mul', [y, along], float)], float)
    return [engine.op('RealDiv', [across, safe], float)]
  })
}

/** Sums of the rows: x [B, D] -> [B, 1], float32. */
export function rowSums(engine: Engine, x: Tensor): Tensor {
  return engine.op(
    'Sum',
    [x, engine.ints([1])],
    [...float, attribute.type('Tidx', DType.int32), attribute.bool('keep_dims', true)],
  )
}
