import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'

/**
 * The first frames, rows and columns of clips: [B, T', H', W', C] -> [B, T, H, W, C].
 * @throws RangeError where a clip has fewer than are wanted
 */
export function cropClip(
  tape: Tape,
  x: Tensor,
  [t, h, w]: readonly [frames: number, height: number, width: number],
): Tensor {
  const { engine } = tape
  const [b, ...own] = x.shape
  const wanted = [t, h, w, own[3]]
  if (own.every((length, axis) => length === wanted[axis])) return x
  const behind = own.map((length, axis) => length - wanted[axis])
  if (behind.some((length) => length < 0)) {
    throw new RangeError(
      `A clip of ${own.slice(0, 3).join(' x ')} is too small for ${t} x ${h} x ${w}.`,
    )
  }
  const y = raw.slice(engine, x, [0, 0, 0, 0, 0], [b, ...wanted])
  return tape.record(y, [x], [], (dy) => [
    engine.op(
      'Pad',
      [dy, engine.ints([0, 0, ...behind.flatMap((length) => [0, length])], [5, 2])],
      [attribute.type('T', dy.dtype), attribute.type('Tpaddings', DType.int32)],
    ),
  ])
}
