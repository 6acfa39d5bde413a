import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import { isMostlyPadding, type ConvGeometry } from './conv-geometry.ts'
import { noOwnConv, type AllOwnConv, type OwnConv, type Volume } from './own-conv.ts'

/**
 * A convolution in float32 by the workbench's own kernels, where they are faster than TensorFlow's.
 * Nothing is computed until asked for.
 */
export function floatConv(engine: Engine, x: Volume, w: Tensor, geometry: ConvGeometry): OwnConv {
  if (!engine.kernels.floatConv || x.dtype !== DType.float32) return noOwnConv
  const own = floatKernels(engine, x, w, geometry)
  const faster = whereFaster(x.shape, geometry)
  return {
    forward: faster.forward ? own.forward : null,
    input: faster.input ? own.input : null,
    filter: faster.filter ? own.filter : null,
  }
}

/** The kernels for any convolution, also where TensorFlow's are faster. */
export function floatKernels(
  engine: Engine,
  x: Volume,
  w: Tensor,
  { kernel, stride, padding }: ConvGeometry,
): AllOwnConv {
  const strides = attribute.ints('strides', [...stride])
  const pads = attribute.ints('pads', padding.flat())
  const taps = attribute.ints('taps', [...kernel])
  const size = attribute.ints('size', x.shape.slice(1, 4))
  return {
    forward: (x) => engine.op('FameFloatConv', [x, w], [strides, pads]),
    input: (dy) => engine.op('FameFloatConvInput', [dy, w], [size, strides, pads]),
    filter: (x, dy) => engine.op('FameFloatConvFilter', [x, dy], [taps, strides, pads]),
  }
}

/**
 * As `bin/fame bench kernels` measures it for the encoders' layers on a processor with AVX-512 (Zen
 * 5), with and without use of it. GFLOP a second of processor time with AVX2, ours / TensorFlow's:
 *
 *                                  forward   gradient of x   gradient of w
 *     1x7x7 by 2, 3 channels        92 / 92                     54 / 68
 *     1x3x3 by 2                    84 / 77      67 / 51        60 / 49
 *     1x3x3                         93 / 98      89 / 96        79 / 65
 *     3x1x1                         79 / 87      77 / 91        58 / 28
 *     3x1x1 by 2                    88 / 74      89 / 68        58 / 27
 *     3x1x1, one frame             199 / 136    183 / 135      193 / 51
 *     1x1x1                         66 / 72      62 / 71        42 / 59
 *     3x3x3                         97 / 110     87 / 109       94 / 22
 *     3x3x3, 16 channels           103 / 93     102 / 89        95 / 55
 */
function whereFaster(
  [, frames, , , inputs]: readonly number[],
  geometry: ConvGeometry,
): Record<keyof OwnConv, boolean> {
  const {
    kernel: [time, ...spatial],
    stride,
  } = geometry
  const strided = stride.some((n) => n > 1)
  const single = [time, ...spatial].every((n) => n === 1)
  const mostlyPadding = isMostlyPadding(frames, geometry)
  const few = time > 1 && spatial.some((n) => n > 1) && inputs <= 32
  const onImages = time === 1 && inputs < 16
  return {
    forward: strided || mostlyPadding || few,
    input: strided || mostlyPadding || few,
    filter: !single && !onImages,
  }
}
