import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'
import type { AllOwnConv, OwnConv, Volume } from './own-conv.ts'

/**
 * A convolution of 1x3x3, 3x1x1 or 3x3x3 taps in float32 by the workbench's own kernels, which take a
 * quarter or a half of the products that the definition takes; null where it is of another kind.
 */
export function winograd(
  engine: Engine,
  x: Volume,
  w: Tensor,
  geometry: ConvGeometry,
): OwnConv | null {
  const float32 = x.dtype === DType.float32
  if (!engine.kernels.winograd || !float32 || !suits(x, w, geometry)) return null
  const own = winogradKernels(engine, x, w, geometry)
  return { ...own, filter: isVolume(geometry) && tilesOf(x) < 32 ? null : own.filter }
}

/** The kernels, also where others are faster. They compute in float32, whatever x is of. */
export function winogradKernels(
  engine: Engine,
  x: Volume,
  w: Tensor,
  { kernel }: ConvGeometry,
): AllOwnConv {
  const type = attribute.type('T', x.dtype)
  const mirrored = (value: boolean) => attribute.bool('mirrored', value)
  const taps = attribute.ints('taps', [...kernel])
  return {
    forward: (x) => engine.op('FameWinograd', [x, w], [type, mirrored(false)]),
    input: (dy) => engine.op('FameWinograd', [dy, w], [type, mirrored(true)]),
    filter: (x, dy) => engine.op('FameWinogradFilter', [x, dy], [type, taps]),
  }
}

/**
 * Tiles are of four outputs along height and width, or along time. Over time, as short a clip as two
 * frames has no more products by definition, since some taps meet only zeros.
 *
 * What `bin/fame bench kernels` measures of 3x3x3 for the layers of an inflated inception network with
 * AVX2 (Zen 4), in GFLOP a second of processor time, Winograd's / the faster of TensorFlow's and the
 * blocked products:
 *
 *     x, outputs                      forward     gradient of x   gradient of w
 *     4x8x28x28x64, 192              249 / 115     267 / 114       295 / 100
 *     4x8x14x14x96, 128              200 / 105     210 / 118       230 / 100
 *     4x8x14x14x16, 32                79 / 110     133 / 100       120 / 86
 *     4x8x14x14x128, 192             214 / 124     218 / 114       220 / 97
 *     4x4x7x7x160, 320               195 / 119     190 / 116       137 / 99
 *     4x2x4x4x192, 384               100 / 95      150 / 102        35 / 117
 */
function suits(x: Volume, w: Tensor, geometry: ConvGeometry): boolean {
  if (geometry.kernel[0] > 1 && !isVolume(geometry) && x.shape[1] < 3) return false
  if (isVolume(geometry) && w.shape.slice(3).some((channels) => channels < 32)) return false
  return isOfWinograd(geometry)
}

/** Whether there are kernels for it at all. */
export function isOfWinograd({ kernel, stride, padding }: ConvGeometry): boolean {
  const centred = padding.every((pads, i) => pads.every((n) => n === (kernel[i] - 1) / 2))
  const known = ['1x3x3', '3x1x1', '3x3x3'].includes(kernel.join('x'))
  return known && centred && stride.every((n) => n === 1)
}

export function isVolume({ kernel: [time, height] }: ConvGeometry): boolean {
  return time > 1 && height > 1
}

/** Of all frames of x. */
export function tilesOf({ shape: [clips, frames, height, width] }: Volume): number {
  return clips * frames * Math.ceil(height / 4) * Math.ceil(width / 4)
}
