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

/** Bilinear, with pixels as squares: x [B, T, H, W, C] -> [B, T, size, size, C] in x's element type. */
export function resizeMap(tape: Tape, x: Tensor, size: number): Tensor {
  const [b, t, h, w, c] = x.shape
  if (h === size && w === size) return x
  return bilinear(tape, x, {
    from: [b * t, h, w, c],
    to: [size, size],
    shape: [b, t, size, size, c],
  })
}

/** Linear, with frames as stretches of time: x [B, T, H, W, C] -> [B, frames, H, W, C], likewise. */
export function resizeTime(tape: Tape, x: Tensor, frames: number): Tensor {
  const [b, t, h, w, c] = x.shape
  if (t === frames) return x
  return bilinear(tape, x, {
    from: [b, t, h * w, c],
    to: [frames, h * w],
    shape: [b, frames, h, w, c],
  })
}

/** Resizes x as images. @param shape of the result */
function bilinear(
  tape: Tape,
  x: Tensor,
  { from, to, shape }: { from: number[]; to: [number, number]; shape: number[] },
): Tensor {
  const { engine } = tape
  // The op and its gradient are of one type only where that is float32.
  const flat = engine.cast(engine.reshape(x, from), DType.float32)
  const how = [
    attribute.type('T', DType.float32),
    attribute.bool('align_corners', false),
    attribute.bool('half_pixel_centers', true),
  ]
  const made = engine.op('ResizeBilinear', [flat, engine.ints(to)], how)
  const y = engine.cast(engine.reshape(made, shape), x.dtype)
  return tape.record(y, [x], [flat], (dy) => {
    const slope = engine.cast(engine.reshape(dy, [from[0], ...to, from[3]]), DType.float32)
    const dx = engine.op('ResizeBilinearGrad', [slope, flat], how)
    return [engine.cast(engine.reshape(dx, x.shape), x.dtype)]
  })
}
