import { attribute, type Attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import { DType, sizeOf, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'
import type { AllOwnConv, Volume } from './own-conv.ts'

/** Numbers in the patches of a volume, up to which a filter's gradient in float64 is made of them. */
const MOST_IN_PATCHES = 2 ** 24

/** A convolution as one op: over images where one kernel axis is 1, over volumes otherwise. */
interface Plan {
  op: 'Conv2D' | 'Conv3D'
  /** x as that op wants it, padding excluded. */
  xShape: number[]
  wShape: number[]
  strides: number[]
  padding: 'SAME' | 'VALID'
  /** Zeros to put around x first, a pair for each axis of `xShape`; null for none. */
  pads: number[] | null
  /** y as that op gives it. */
  yShape: number[]
}

/**
 * What TensorFlow's ops compute of a convolution of x [B, T, H, W, C] with w [t, h, w, C, D], as
 * PyTorch's `Conv3d` without bias. The gradient of w comes in the master type.
 */
export function libraryConv(
  engine: Engine,
  x: Volume,
  w: Tensor,
  geometry: ConvGeometry,
): AllOwnConv {
  const plan = planConv(x, w.shape, geometry)
  return {
    forward: (input) => convolve(engine, input, w, geometry),
    input: (dy) => inputGradient(engine, plan, x, w, dy),
    filter: (input, dy) => kernelGradient(engine, plan, input, w, dy),
  }
}

function convolve(engine: Engine, x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  return engine.scope(() => {
    if (isMiscounted(engine, x)) {
      return convolve(
        engine,
        withZeroChannel(engine, x, 4),
        withZeroChannel(engine, w, 3),
        geometry,
      )
    }
    const plan = planConv(x, w.shape, geometry)
    const kernel = engine.reshape(w, plan.wShape)
    const y =
      plan.op === 'Conv2D'
        ? engine.op('Conv2D', [engine.reshape(x, plan.xShape), kernel], forwardAttributes(plan, x))
        : engine.op('Conv3D', [padded(engine, plan, x), kernel], attributesOf(plan, x))
    return engine.reshape(y, outputShape(x.shape, w.shape, geometry))
  })
}

/**
 * TensorFlow 2.21 gives wrong values, with an error of 14 to 90 %, or reads beyond the input, when it
 * convolves an odd number of channels in bfloat16 on an AVX-512 processor. Its gradients are right.
 */
function isMiscounted(engine: Engine, x: Tensor): boolean {
  return engine.info.device === 'CPU' && x.dtype === DType.bfloat16 && x.shape[4] % 2 === 1
}

/** Appends one plane of zeros along an axis. */
function withZeroChannel(engine: Engine, x: Tensor, axis: number): Tensor {
  const pads = x.shape.flatMap((_, i) => [0, i === axis ? 1 : 0])
  return engine.op(
    'Pad',
    [x, engine.ints(pads, [x.shape.length, 2])],
    [attribute.type('T', x.dtype), attribute.type('Tpaddings', DType.int32)],
  )
}

function inputGradient(engine: Engine, plan: Plan, x: Volume, w: Tensor, dy: Tensor): Tensor {
  const size = paddedShape(plan)
  const dx = engine.op(
    plan.op === 'Conv2D' ? 'Conv2DBackpropInput' : 'Conv3DBackpropInputV2',
    [engine.ints(size), engine.reshape(w, plan.wShape), engine.reshape(dy, plan.yShape)],
    gradientAttributes(plan, x, true),
  )
  return engine.reshape(cropPadding(engine, plan, dx), x.shape)
}

function kernelGradient(engine: Engine, plan: Plan, x: Tensor, w: Tensor, dy: Tensor): Tensor {
  const padding = padded(engine, plan, x)
  const dw =
    x.dtype === DType.float64 && numbersInPatches(plan) <= MOST_IN_PATCHES
      ? gradientFromPatches(engine, plan, padding, dy)
      : engine.op(
          plan.op === 'Conv2D' ? 'Conv2DBackpropFilter' : 'Conv3DBackpropFilterV2',
          [padding, engine.ints(plan.wShape), engine.reshape(dy, plan.yShape)],
          gradientAttributes(plan, x, false),
        )
  return engine.cast(engine.reshape(dw, w.shape), engine.master)
}

/** How many numbers a volume's patches are, [positions of y, kernel x channels of x]. */
function numbersInPatches({ yShape, wShape }: Plan): number {
  return sizeOf(yShape.slice(0, 4)) * sizeOf(wShape.slice(0, 4))
}

/**
 * dw = patches^T dy. TensorFlow's own op takes seconds in float64 for a strided kernel over a clip of
 * a few pixels, which this does in milliseconds; larger clips would take much memory.
 */
function gradientFromPatches(engine: Engine, plan: Plan, x: Tensor, dy: Tensor): Tensor {
  const columns = sizeOf(plan.wShape.slice(0, 4))
  const rows = sizeOf(plan.yShape.slice(0, 4))
  const patches = engine.op(
    'ExtractVolumePatches',
    [x],
    [
      attribute.type('T', x.dtype),
      attribute.ints('ksizes', [1, ...plan.wShape.slice(0, 3), 1]),
      attribute.ints('strides', plan.strides),
      attribute.string('padding', plan.padding),
    ],
  )
  return engine.op(
    'MatMul',
    [engine.reshape(patches, [rows, columns]), engine.reshape(dy, [rows, plan.yShape[4]])],
    [
      attribute.type('T', x.dtype),
      attribute.bool('transpose_a', true),
      attribute.bool('transpose_b', false),
    ],
  )
}

/**
 * The gradients' fast kernels, and those of volumes, know SAME and VALID only. Where those mean
 * something else than the padding asked for, zeros are put around x before. In float64 the kernels
 * of images have slow gradients, so everything is a volume.
 */
function planConv(input: Volume, w: readonly number[], geometry: ConvGeometry): Plan {
  const x = input.shape
  const { kernel, stride, padding } = geometry
  const [b, t, height, width, d] = outputShape(x, w, geometry)
  const [, frames, h, wd, c] = x
  const same = padding.every(
    ([before, after], i) => stride[i] === 1 && before === after && before + after === kernel[i] - 1,
  )
  const around = (...pairs: ConvGeometry['padding'][number][]): number[] | null =>
    same || pairs.every(([before, after]) => before + after === 0)
      ? null
      : [[0, 0], ...pairs, [0, 0]].flat()
  const asImages = input.dtype !== DType.float64
  const method = same ? ('SAME' as const) : ('VALID' as const)
  if (asImages && kernel[0] === 1 && stride[0] === 1) {
    return {
      op: 'Conv2D',
      xShape: [b * frames, h, wd, c],
      wShape: [kernel[1], kernel[2], c, d],
      strides: [1, stride[1], stride[2], 1],
      padding: method,
      pads: around(padding[1], padding[2]),
      yShape: [b * t, height, width, d],
    }
  }
  if (asImages && kernel[1] * kernel[2] * stride[1] * stride[2] === 1) {
    return {
      op: 'Conv2D',
      xShape: [b, frames, h * wd, c],
      wShape: [kernel[0], 1, c, d],
      strides: [1, stride[0], 1, 1],
      padding: method,
      pads: around(padding[0], [0, 0]),
      yShape: [b, t, h * wd, d],
    }
  }
  return {
    op: 'Conv3D',
    xShape: [b, frames, h, wd, c],
    wShape: [...kernel, c, d],
    strides: [1, ...stride, 1],
    padding: method,
    pads: around(...padding),
    yShape: [b, t, height, width, d],
  }
}

/** [B, T', H', W', D] */
function outputShape(
  x: readonly number[],
  w: readonly number[],
  { kernel, stride, padding }: ConvGeometry,
): number[] {
  const sizes = kernel.map(
    (k, i) => Math.floor((x[i + 1] + padding[i][0] + padding[i][1] - k) / stride[i]) + 1,
  )
  return [x[0], ...sizes, w[4]]
}

function padded(engine: Engine, plan: Plan, x: Tensor): Tensor {
  const shaped = engine.reshape(x, plan.xShape)
  if (!plan.pads) return shaped
  return engine.op(
    'Pad',
    [shaped, engine.ints(plan.pads, [plan.xShape.length, 2])],
    [attribute.type('T', x.dtype), attribute.type('Tpaddings', DType.int32)],
  )
}

function cropPadding(engine: Engine, plan: Plan, dx: Tensor): Tensor {
  if (!plan.pads) return dx
  const begin = plan.pads.filter((_, i) => i % 2 === 0)
  return raw.slice(engine, dx, begin, plan.xShape)
}

function paddedShape(plan: Plan): number[] {
  const { pads } = plan
  return pads ? plan.xShape.map((n, i) => n + pads[2 * i] + pads[2 * i + 1]) : plan.xShape
}

function attributesOf(plan: Plan, x: Volume): Attribute[] {
  const two = plan.op === 'Conv2D'
  return [
    attribute.type('T', x.dtype),
    attribute.ints('strides', plan.strides),
    attribute.string('padding', plan.padding),
    attribute.string('data_format', two ? 'NHWC' : 'NDHWC'),
    attribute.ints('dilations', two ? [1, 1, 1, 1] : [1, 1, 1, 1, 1]),
    ...(two ? [attribute.bool('use_cudnn_on_gpu', true)] : []),
  ]
}

/** `Conv2D` itself takes any padding. */
function forwardAttributes(plan: Plan, x: Tensor): Attribute[] {
  if (!plan.pads) return attributesOf(plan, x)
  return [
    ...attributesOf(plan, x).filter(({ name }) => name !== 'padding'),
    attribute.string('padding', 'EXPLICIT'),
    attribute.ints('explicit_paddings', plan.pads),
  ]
}

function gradientAttributes(plan: Plan, x: Volume, ofInput: boolean): Attribute[] {
  const index = plan.op === 'Conv3D' && ofInput ? [attribute.type('Tshape', DType.int32)] : []
  return [...attributesOf(plan, x), ...index]
}
