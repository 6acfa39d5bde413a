import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/** x [B, C] * weight [C, D] + bias [D] -> [B, D] */
export function linear(tape: Tape, x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  const { engine } = tape
  const product = raw.matmul(engine, x, weight)
  const y = bias ? raw.add(engine, product, bias) : product
  const inputs = bias ? [x, weight, bias] : [x, weight]
  return tape.record(y, inputs, [x, weight], (dy) => [
    tape.needs(x) ? raw.matmul(engine, dy, weight, { b: true }) : null,
    raw.matmul(engine, x, dy, { a: true }),
    ...(bias ? [engine.op('BiasAddGrad', [dy], [attribute.type('T', dy.dtype)])] : []),
  ])
}

/** The mean over time, height and width, in the master type: x [B, T, H, W, C] -> [B, C] */
export function globalMeanPool(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const [b, t, h, w, c] = x.shape
  const y = raw.mean(engine, engine.cast(x, engine.master), [1, 2, 3])
  return tape.record(y, [x], [], (dy) => {
    const share = engine.cast(raw.scale(engine, dy, 1 / (t * h * w)), x.dtype)
    return [raw.broadcast(engine, engine.reshape(share, [b, 1, 1, 1, c]), x.shape)]
  })
}
