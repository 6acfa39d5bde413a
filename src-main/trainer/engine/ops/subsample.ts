import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, sizeOf, type Tensor } from '../tensor.ts'

/** Every stride-th frame of x [B, T, H, W, C], from the first. */
export function subsampleFrames(tape: Tape, x: Tensor, stride: number): Tensor {
  const { engine } = tape
  if (stride === 1) return x
  const [b, frames, ...frame] = x.shape
  const kept = Math.ceil(frames / stride)
  const indices = Array.from({ length: kept }, (_, i) => i * stride)
  const y = engine.op(
    'GatherV2',
    [x, engine.ints(indices), engine.ints([1], [])],
    [
      attribute.type('Tparams', x.dtype),
      attribute.type('Tindices', DType.int32),
      attribute.type('Taxis', DType.int32),
      attribute.int('batch_dims', 0),
    ],
  )
  return tape.record(y, [x], [], (dy) => {
    const size = sizeOf(frame)
    const between = [b, kept, (stride - 1) * size]
    const zeros = raw.broadcast(engine, engine.cast(engine.scalar(0), dy.dtype), between)
    const spread = raw.concat(engine, [engine.reshape(dy, [b, kept, size]), zeros], 2)
    const whole = engine.reshape(spread, [b, kept * stride, size])
    const dx =
      kept * stride > frames ? raw.slice(engine, whole, [0, 0, 0], [b, frames, size]) : whole
    return [engine.reshape(dx, x.shape)]
  })
}
