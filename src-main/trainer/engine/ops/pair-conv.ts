import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'
import { noOwnConv, type OwnConv } from './own-conv.ts'

/**
 * A convolution in bfloat16 by the workbench's own kernels for vector units that multiply pairs
 * (AVX512-BF16), where they are faster than TensorFlow's. Nothing is computed until asked for.
 */
export function pairConv(engine: Engine, x: Tensor, w: Tensor, geometry: ConvGeometry): OwnConv {
  if (!engine.kernels.pairConv || x.dtype !== DType.bfloat16) return noOwnConv
  const own = pairKernels(engine, x, w, geometry)
  return { ...own, input: w.shape[4] % 2 === 0 ? own.input : null }
}

/** The kernels for any convolution; the gradient of x needs an even number of outputs. */
export function pairKernels(
  engine: Engine,
  x: Tensor,
  w: Tensor,
  { kernel, stride, padding }: ConvGeometry,
): { [work in keyof OwnConv]: NonNullable<OwnConv[work]> } {
  const strides = attribute.ints('strides', [...stride])
  const pads = attribute.ints('pads', padding.flat())
  const taps = attribute.ints('taps', [...kernel])
  const size = attribute.ints('size', x.shape.slice(1, 4))
  return {
    forward: () => engine.op('FamePairConv', [x, w], [strides, pads]),
    input: (dy) => engine.op('FamePairConvInput', [dy, w], [size, strides, pads]),
    filter: (dy) => engine.op('FamePairConvFilter', [x, dy], [taps, strides, pads]),
  }
}
