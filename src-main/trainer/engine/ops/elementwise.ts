import { attribute } from '../attributes.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'

/** max(x, 0) */
export function relu(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const y = engine.op('Relu', [x], [attribute.type('T', x.dtype)])
  return tape.record(y, [x], [y], (dy) => [
    engine.op('ReluGrad', [dy, y], [attribute.type('T', x.dtype)]),
  ])
}

/** a + b, of equal shape. */
export function add(tape: Tape, a: Tensor, b: Tensor): Tensor {
  const y = tape.engine.op('AddV2', [a, b], [attribute.type('T', a.dtype)])
  return tape.record(y, [a, b], [], (dy) => [dy, dy])
}

/** x in another element type. */
export function cast(tape: Tape, x: Tensor, dtype: DType): Tensor {
  const { engine } = tape
  if (x.dtype === dtype) return x
  return tape.record(engine.cast(x, dtype), [x], [], (dy) => [engine.cast(dy, x.dtype)])
}

/** Joins tensors along the last axis. */
export function concatChannels(tape: Tape, parts: readonly Tensor[]): Tensor {
  const { engine } = tape
  const [{ shape, dtype }] = parts
  const axis = shape.length - 1
  const y = engine.op(
    'ConcatV2',
    [...parts, engine.ints([axis], [])],
    [
      attribute.int('N', parts.length),
      attribute.type('T', dtype),
      attribute.type('Tidx', DType.int32),
    ],
  )
  const widths = parts.map((part) => part.shape[axis])
  return tape.record(y, parts, [], (dy) =>
    engine.ops(
      'SplitV',
      [dy, engine.ints(widths), engine.ints([axis], [])],
      [
        attribute.int('num_split', parts.length),
        attribute.type('T', dtype),
        attribute.type('Tlen', DType.int32),
      ],
      parts.length,
    ),
  )
}
