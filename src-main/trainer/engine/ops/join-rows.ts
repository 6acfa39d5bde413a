import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/** Joins the features of several parts of each clip: [P B, C], part after part, -> [B, P C] */
export function joinRows(tape: Tape, x: Tensor, parts: number): Tensor {
  const { engine } = tape
  const [rows, c] = x.shape
  const b = rows / parts
  const swap = (of: Tensor, from: readonly number[], to: readonly number[]): Tensor =>
    engine.reshape(raw.transpose(engine, engine.reshape(of, [...from]), [1, 0, 2]), [...to])
  const y = swap(x, [parts, b, c], [b, parts * c])
  return tape.record(y, [x], [], (dy) => [swap(dy, [b, parts, c], [rows, c])])
}
