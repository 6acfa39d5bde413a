import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'

/** a * b, each transposed first where asked; float32 or bfloat16. */
export function matmul(
  engine: Engine,
  a: Tensor,
  b: Tensor,
  transpose: { a?: boolean; b?: boolean } = {},
): Tensor {
  return engine.op(
    'MatMul',
    [a, b],
    [
      attribute.type('T', a.dtype),
      attribute.bool('transpose_a', transpose.a ?? false),
      attribute.bool('transpose_b', transpose.b ?? false),
    ],
  )
}

/** x [B, C] * weight [C, D] + bias [D] -> [B, D] */
export function linear(tape: Tape, x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const { engine } = tape
  const product = matmul(engine, x, weight)
  const y = engine.op('BiasAdd', [product, bias], [attribute.type('T', x.dtype)])
  return tape.record(y, [x, weight, bias], [x, weight], (dy) => [
    tape.needs(x) ? matmul(engine, dy, weight, { b: true }) : null,
    matmul(engine, x, dy, { a: true }),
    engine.op('BiasAddGrad', [dy], [attribute.type('T', dy.dtype)]),
  ])
}

/** The mean over time, height and width in float32: x [B, T, H, W, C] -> [B, C] */
export function globalMeanPool(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const [b, t, h, w, c] = x.shape
  const reduction = [attribute.type('T', DType.float32), attribute.type('Tidx', DType.int32)]
  const wide = engine.cast(x, DType.float32)
  const y = engine.op(
    'Mean',
    [wide, engine.ints([1, 2, 3])],
    [...reduction, attribute.bool('keep_dims', false)],
  )
  return tape.record(y, [x], [], (dy) => {
    const share = scale(engine, dy, 1 / (t * h * w))
    const spread = engine.op(
      'BroadcastTo',
      [engine.reshape(engine.cast(share, x.dtype), [b, 1, 1, 1, c]), engine.ints(x.shape)],
      [attribute.type('T', x.dtype), attribute.type('Tidx', DType.int32)],
    )
    return [spread]
  })
}

/** x * factor, float32. */
export function scale(engine: Engine, x: Tensor, factor: number): Tensor {
  return engine.op('Mul', [x, engine.scalar(factor)], [attribute.type('T', DType.float32)])
}
