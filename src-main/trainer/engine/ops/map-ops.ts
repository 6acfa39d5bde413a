import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'

/** The mean over time: x [B, T, H, W, C] -> [B, 1, H, W, C] */
export function meanOverTime(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const frames = x.shape[1]
  if (frames === 1) return x
  return tape.record(raw.mean(engine, x, [1], true), [x], [], (dy) => {
    const share = engine.cast(engine.scalar(1 / frames), dy.dtype)
    return [raw.broadcast(engine, raw.multiply(engine, dy, share), x.shape)]
  })
}

/** The first rows and columns: x [B, T, H, W, C] -> [B, T, size, size, C] */
export function cropMap(tape: Tape, x: Tensor, size: number): Tensor {
  const { engine } = tape
  const [b, t, h, w, c] = x.shape
  if (h === size && w === size) return x
  const y = raw.slice(engine, x, [0, 0, 0, 0, 0], [b, t, size, size, c])
  return tape.record(y, [x], [], (dy) => {
    const pads = [0, 0, 0, 0, 0, h - size, 0, w - size, 0, 0]
    const types = [attribute.type('T', dy.dtype), attribute.type('Tpaddings', DType.int32)]
    return [engine.op('Pad', [dy, engine.ints(pads, [5, 2])], types)]
  })
}

/** Bilinear, with pixels as squares: x [B, 1, H, W, C] -> [B, 1, size, size, C] in x's element type. */
export function resizeMap(tape: Tape, x: Tensor, size: number): Tensor {
  const { engine } = tape
  const [b, , h, w, c] = x.shape
  if (h === size && w === size) return x
  // The op and its gradient are of one type only where that is float32.
  const flat = engine.cast(engine.reshape(x, [b, h, w, c]), DType.float32)
  const how = [
    attribute.type('T', DType.float32),
    attribute.bool('align_corners', false),
    attribute.bool('half_pixel_centers', true),
  ]
  const made = engine.op('ResizeBilinear', [flat, engine.ints([size, size])], how)
  const y = engine.cast(engine.reshape(made, [b, 1, size, size, c]), x.dtype)
  return tape.record(y, [x], [flat], (dy) => {
    const slope = engine.cast(engine.reshape(dy, [b, size, size, c]), DType.float32)
    const dx = engine.op('ResizeBilinearGrad', [slope, flat], how)
    return [engine.cast(engine.reshape(dx, x.shape), x.dtype)]
  })
}
