import { attribute, type Attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'

/**
 * A convolution of x [B, T, H, W, C] with w [t, h, w, C, D] by the workbench's own kernels over
 * volumes, in bfloat16; each is null where another op is faster or does what it cannot.
 */
export interface MatrixConv {
  /** y [B, T', H', W', D] */
  forward: (() => Tensor) | null
  /** The gradient of x. */
  input: ((dy: Tensor) => Tensor) | null
  /** The gradient of w, in float32. */
  filter: ((dy: Tensor) => Tensor) | null
}

/** Nothing is computed until asked for. */
export function matrixConv(
  engine: Engine,
  x: Tensor,
  w: Tensor,
  geometry: ConvGeometry,
): MatrixConv {
  const [inputs, outputs] = w.shape.slice(3)
  const whole = outputs % 16 === 0 && (inputs % 16 === 0 || inputs < 16)
  if (!engine.kernels.conv || x.dtype !== DType.bfloat16 || !whole) {
    return { forward: null, input: null, filter: null }
  }
  const { kernel, stride } = geometry
  // TensorFlow's convolutions are fast over images, but for such as have few channels.
  const forward = kernel[0] > 1 || inputs < 16
  const input = kernel[0] > 1 && inputs >= 16 && stride.every((n) => n === 1)
  const { strides, pads, taps, size } = attributesOf(x, geometry)
  return {
    forward: forward ? () => engine.op('FameConv', [x, w], [strides, pads]) : null,
    input: input ? (dy) => engine.op('FameConvInput', [dy, w], [size, pads]) : null,
    filter: (dy) => engine.op('FameConvFilter', [x, dy], [taps, strides, pads]),
  }
}

function attributesOf(
  x: Tensor,
  { kernel, stride, padding }: ConvGeometry,
): Record<'strides' | 'pads' | 'taps' | 'size', Attribute> {
  return {
    strides: attribute.ints('strides', [...stride]),
    pads: attribute.ints('pads', padding.flat()),
    taps: attribute.ints('taps', [...kernel]),
    size: attribute.ints('size', x.shape.slice(1, 4)),
  }
}
