import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { DType, Tensor } from '../tensor.ts'

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
  return tape.record(raw.add(tape.engine, a, b), [a, b], [], (dy) => [dy, dy])
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
  const axis = parts[0].shape.length - 1
  const widths = parts.map((part) => part.shape[axis])
  return tape.record(raw.concat(engine, parts, axis), parts, [], (dy) =>
    raw.split(engine, dy, widths, axis),
  )
}
