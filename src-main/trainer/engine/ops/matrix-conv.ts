import { attribute, type Attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'
import { noOwnConv, type OwnConv, type Volume } from './own-conv.ts'

/**
 * A convolution by the workbench's own kernels for the matrix unit, in bfloat16. Nothing is computed
 * until asked for.
 */
export function matrixConv(engine: Engine, x: Volume, w: Tensor, geometry: ConvGeometry): OwnConv {
  const [inputs, outputs] = w.shape.slice(3)
  const whole = outputs % 16 === 0 && (inputs % 16 === 0 || inputs < 16)
  if (!engine.kernels.conv || x.dtype !== DType.bfloat16 || !whole) {
    return noOwnConv
  }
  const { kernel, stride } = geometry
  // TensorFlow's convolutions are fast over images, but for such as have few channels.
  const forward = kernel[0] > 1 || inputs < 16
  const input = kernel[0] > 1 && inputs >= 16 && stride.every((n) => n === 1)
  const { strides, pads, taps, size } = attributesOf(x, geometry)
  return {
    forward: forward ? (x) => engine.op('FameConv', [x, w], [strides, pads]) : null,
    input: input ? (dy) => engine.op('FameConvInput', [dy, w], [size, pads]) : null,
    filter: (x, dy) => engine.op('FameConvFilter', [x, dy], [taps, strides, pads]),
  }
}

function attributesOf(
  x: Volume,
  { kernel, stride, padding }: ConvGeometry,
): Record<'strides' | 'pads' | 'taps' | 'size', Attribute> {
  return {
    strides: attribute.ints('strides', [...stride]),
    pads: attribute.ints('pads', padding.flat()),
    taps: attribute.ints('taps', [...kernel]),
    size: attribute.ints('size', x.shape.slice(1, 4)),
  }
}
