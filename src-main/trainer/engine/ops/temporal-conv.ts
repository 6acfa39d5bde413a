import { attribute } from '../attributes.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'

/** Whether the workbench's own kernels can compute a convolution: one over time alone. */
export function isTemporal(x: Tensor, w: Tensor, geometry: ConvGeometry): boolean {
  const [k, ...spatial] = geometry.kernel
  const [, ...spatialStride] = geometry.stride
  const [around, ...spatialPadding] = geometry.padding
  const alone = [...spatial, ...spatialStride].every((n) => n === 1)
  const bare = spatialPadding.flat().every((n) => n === 0)
  const centred = k % 2 === 1 && around.every((n) => n === (k - 1) / 2)
  const [inputs, outputs] = w.shape.slice(3)
  const whole = [inputs, outputs].every((n) => n >= 32 && n % 16 === 0)
  const positions = x.shape[2] * x.shape[3]
  return x.dtype === DType.bfloat16 && alone && bare && centred && whole && positions >= 16
}

/**
 * x [B, T, H, W, C] * w [k, 1, 1, C, D] -> [B, T', H, W, D], padded by k / 2 frames. The gradient of
 * w comes in float32.
 */
export function temporalConv(tape: Tape, x: Tensor, w: Tensor, frameStride: number): Tensor {
  const { engine } = tape
  const stride = attribute.int('stride', frameStride)
  const frames = attribute.int('frames', x.shape[1])
  const taps = attribute.int('taps', w.shape[0])
  const y = engine.op('FameTemporalConv', [x, w], [stride])
  return tape.record(y, [x, w], [x, w], (dy) => [
    tape.needs(x) ? engine.op('FameTemporalConvInput', [dy, w], [stride, frames]) : null,
    tape.needs(w) ? engine.op('FameTemporalConvFilter', [x, dy], [stride, taps]) : null,
  ])
}
