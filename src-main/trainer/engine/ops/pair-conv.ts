import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import { isMostlyPadding, type ConvGeometry } from './conv-geometry.ts'
import { noOwnConv, type AllOwnConv, type OwnConv, type Volume } from './own-conv.ts'
import { isOfWinograd, isVolume, tilesOf, winogradKernels } from './winograd.ts'

/**
 * A convolution in bfloat16 by the workbench's own kernels where there is no matrix unit, but vector
 * units multiply pairs (AVX512-BF16), and where they are faster than TensorFlow's. Nothing is
 * computed until asked for.
 */
export function pairConv(engine: Engine, x: Volume, w: Tensor, geometry: ConvGeometry): OwnConv {
  if (!engine.kernels.pairConv || x.dtype !== DType.bfloat16) return noOwnConv
  const kernels = {
    pairs: pairKernels(engine, x, w, geometry),
    winograd: winogradKernels(engine, x, w, geometry),
    tensorflow: noOwnConv,
  }
  const fastest = whichIsFastest(x, w, geometry)
  return {
    forward: kernels[fastest.forward].forward,
    // Pairs are of outputs here.
    input: fastest.input === 'pairs' && w.shape[4] % 2 ? null : kernels[fastest.input].input,
    filter: kernels[fastest.filter].filter,
  }
}

/** Blocked products for any convolution; the gradient of x needs an even number of outputs. */
export function pairKernels(
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
    forward: (x) => engine.op('FamePairConv', [x, w], [strides, pads]),
    input: (dy) => engine.op('FamePairConvInput', [dy, w], [size, strides, pads]),
    filter: (x, dy) => engine.op('FamePairConvFilter', [x, dy], [taps, strides, pads]),
  }
}

type Kernels = 'pairs' | 'winograd' | 'tensorflow'

/**
 * As `bin/fame bench kernels --precision bfloat16` measures it on two Zen 4 cores with other work
 * beside, in GFLOP a second of processor time: pairs, Winograd's / TensorFlow's.
 *
 *                                 forward          gradient of x    gradient of w
 *     1x7x7 by 2, 3 channels      154,   - / 110                    144,   - / 145
 *     7x7x7 by 2, 3 channels      195,   - / 141                    172,   - / 179
 *     1x3x3, 56x56, 64, 144       154, 293 / 225   175, 261 / 225   176, 213 / 161
 *     1x3x3, 28x28, 128, 288      170, 305 / 225   188, 296 / 227   181, 244 / 180
 *     1x3x3, 14x14, 256, 576      181, 191 / 226   173, 203 / 223   165, 208 / 156
 *     1x3x3, 7x7, 512, 1152       135, 193 / 215   160, 185 / 202   137, 155 / 88
 *     1x3x3 by 2                  187,   - / 206   168,   - / 192   162,   - / 131
 *     3x1x1, 16 frames            97,  139 / 178   91,  171 / 216   126, 147 / 58
 *     3x1x1, 8 frames             174, 138 / 207   180, 167 / 214   144, 171 / 119
 *     3x1x1, 4 frames             189, 153 / 240   202, 169 / 234   206, 165 / 157
 *     3x1x1, 2 frames             209,  58 / 196   205,  61 / 215   189,  74 / 95
 *     3x1x1, 1 frame              193,   - / 117   250,   - / 114   162,   - / 45
 *     3x1x1 by 2                  167,   - / 194   169,   - / 185   136,   - / 75
 *     1x1x1                       99,    - / 129   100,   - / 151    85,   - / 93
 *     3x3x3, 28x28, 64, 192       193, 264 / 249   189, 256 / 244   187, 332 / 200
 *     3x3x3, 14x14, 128, 192      178, 235 / 249   185, 206 / 238   152, 210 / 147
 *     3x3x3, 7x7, 160, 320        165, 189 / 248   189, 235 / 255   151, 129 / 123
 *     3x3x3, 4x4, 192, 384        82,   71 / 138    86,  93 / 153   152,  28 / 70
 *     3x3x3, 14x14, 16, 32        138, 107 / 123   109, 124 / 114   126, 160 / 98
 *     1x3x3, 24x24, 16, 32          -, 119 / 158     -, 136 / 146     -,  95 / 122
 */
function whichIsFastest(
  x: Volume,
  w: Tensor,
  geometry: ConvGeometry,
): Record<keyof OwnConv, Kernels> {
  const [, frames, height, width, inputs] = x.shape
  const { kernel } = geometry
  const few = Math.min(inputs, w.shape[4]) < 32
  // Tiles are of four by four.
  const whole = height >= 12 && height % 4 === 0 && width % 4 === 0
  const tiled = isOfWinograd(geometry) && kernel[1] > 1 && whole && !few
  const other = isMostlyPadding(frames, geometry) ? 'pairs' : 'tensorflow'
  return {
    forward: tiled ? 'winograd' : inputs < 16 || (few && isVolume(geometry)) ? 'pairs' : other,
    input: tiled ? 'winograd' : other,
    filter: fastestForFilter(x, few, geometry),
  }
}

function fastestForFilter(x: Volume, few: boolean, geometry: ConvGeometry): Kernels {
  const { kernel, stride } = geometry
  const single = kernel.every((n) => n === 1)
  const alone = stride.every((n) => n === 1)
  if (single || x.shape[4] < 16) return 'tensorflow'
  if (few && alone && !isVolume(geometry)) return 'tensorflow'
  if (!isOfWinograd(geometry) || few) return 'pairs'
  if (isVolume(geometry)) return tilesOf(x) >= 128 ? 'winograd' : 'pairs'
  return kernel[0] === 1 || x.shape[1] >= 8 ? 'winograd' : 'pairs'
}
