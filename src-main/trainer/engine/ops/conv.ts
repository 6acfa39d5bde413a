import type { Engine } from '../engine.ts'
import type { Tape } from '../tape.ts'
import type { ConvGeometry } from './conv-geometry.ts'
import { DType, type Tensor } from '../tensor.ts'
import { floatConv } from './float-conv.ts'
import { libraryConv } from './library-conv.ts'
import { matrixConv } from './matrix-conv.ts'
import type { AllOwnConv, OwnConv, Volume } from './own-conv.ts'
import { pairConv } from './pair-conv.ts'
import { subsampleFrames } from './subsample.ts'
import { isTemporal, temporalConv } from './temporal-conv.ts'
import { winograd } from './winograd.ts'

/**
 * x [B, T, H, W, C] * w [t, h, w, C, D] -> [B, T', H', W', D], as PyTorch's `Conv3d` without bias.
 * The gradient of w comes in the master type.
 */
export function conv(tape: Tape, x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  const { engine } = tape
  const [frameStride, ...stride] = geometry.stride
  if (geometry.kernel[0] === 1 && frameStride > 1) {
    const frames = subsampleFrames(tape, x, frameStride)
    return conv(tape, frames, w, { ...geometry, stride: [1, ...stride] })
  }
  if (isTemporal(x, w, geometry) && engine.kernels.temporalConv) {
    return temporalConv(tape, x, w, frameStride)
  }
  const { forward, input, filter } = fastestConv(engine, x, w, geometry)
  return tape.record(forward(x), [x, w], [x, w], (dy) => [
    tape.needs(x) ? input(dy) : null,
    tape.needs(w) ? filter(x, dy) : null,
  ])
}

/**
 * PyTorch's `ConvTranspose3d` without bias: what `conv` with the same kernel and geometry would give
 * as the gradient of its input.
 * @param x [B, T, H, W, D]
 * @param w [t, h, w, C, D], as the convolution that this one turns round reads it
 * @param shape [B, T', H', W', C] of the result; the convolution makes x's size of it
 */
export function upConv(
  tape: Tape,
  x: Tensor,
  w: Tensor,
  geometry: ConvGeometry,
  shape: readonly number[],
): Tensor {
  const volume = { shape, dtype: x.dtype }
  const { forward, input, filter } = fastestConv(tape.engine, volume, w, geometry)
  return tape.record(input(x), [x, w], [x, w], (dy) => [
    tape.needs(x) ? forward(dy) : null,
    tape.needs(w) ? filter(dy, x) : null,
  ])
}

function fastestConv(engine: Engine, x: Volume, w: Tensor, geometry: ConvGeometry): AllOwnConv {
  const own = ownConv(engine, x, w, geometry)
  const library = libraryConv(engine, x, w, geometry)
  return {
    forward: own.forward ?? library.forward,
    input: own.input ?? library.input,
    filter: own.filter ?? library.filter,
  }
}

function ownConv(engine: Engine, x: Volume, w: Tensor, geometry: ConvGeometry): OwnConv {
  if (x.dtype === DType.bfloat16) {
    return (engine.kernels.conv ? matrixConv : pairConv)(engine, x, w, geometry)
  }
  const direct = floatConv(engine, x, w, geometry)
  const fast = winograd(engine, x, w, geometry)
  return fast ? { ...fast, filter: fast.filter ?? direct.filter } : direct
}
