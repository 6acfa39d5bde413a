import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'
import type { OwnConv } from './own-conv.ts'

/**
 * A convolution of 1x3x3, 3x1x1 or 3x3x3 taps by the workbench's own kernels, which take a quarter or
 * a half of the products that the definition takes; null where it is of another kind. They compute in
 * float32, and read and write bfloat16 where pairs of it are multiplied.
 */
export function winograd(
  engine: Engine,
  x: Tensor,
  w: Tensor,
  geometry: ConvGeometry,
): OwnConv | null {
  const known = x.dtype === DType.float32 || (x.dtype === DType.bfloat16 && engine.kernels.pairConv)
  if (!engine.kernels.winograd || !known || !suits(x, w, geometry)) return null
  const type = attribute.type('T', x.dtype)
  const mirrored = (value: boolean) => attribute.bool('mirrored', value)
  const taps = attribute.ints('taps', [...geometry.kernel])
  const filter = (dy: Tensor): Tensor => engine.op('FameWinogradFilter', [x, dy], [type, taps])
  return {
    forward: () => engine.op('FameWinograd', [x, w], [type, mirrored(false)]),
    input: (dy) => engine.op('FameWinograd', [dy, w], [type, mirrored(true)]),
    filter: isVolume(geometry) && tilesOf(x) < 32 ? null : filter,
  }
}

/**
 * Tiles are of four outputs along height and width, or along time. Over time, as short a clip as two
 * frames has no more products by definition, since some taps meet only zeros.
 *
 * What `bin/fame bench kernels` measures of 3x3x3 for I3D's layers with AVX2 (Zen 4), in GFLOP a
 * second of processor time, Winograd's / the faster of TensorFlow's and the blocked products:
 *
 *     x, outputs                      forward     gradient of x   gradient of w
 *     4x8x28x28x64, 192              249 / 115     267 / 114       295 / 100
 *     4x8x14x14x96, 128              200 / 105     210 / 118       230 / 100
 *     4x8x14x14x16, 32                79 / 110     133 / 100       120 / 86
 *     4x8x14x14x128, 192             214 / 124     218 / 114       220 / 97
 *     4x4x7x7x160, 320               195 / 119     190 / 116       137 / 99
 *     4x2x4x4x192, 384               100 / 95      150 / 102        35 / 117
 */
function suits(x: Tensor, w: Tensor, geometry: ConvGeometry): boolean {
  const { kernel, stride, padding } = geometry
  const taps = kernel.join('x')
  if (!['1x3x3', '3x1x1', '3x3x3'].includes(taps)) return false
  if (taps === '3x1x1' && x.shape[1] < 3) return false
  if (isVolume(geometry) && w.shape.slice(3).some((channels) => channels < 32)) return false
  const centred = padding.every((pads, i) => pads.every((n) => n === (kernel[i] - 1) / 2))
  return centred && stride.every((n) => n === 1)
}

function isVolume({ kernel: [time, height] }: ConvGeometry): boolean {
  return time > 1 && height > 1
}

/** Of all frames of x. */
function tilesOf({ shape: [clips, frames, height, width] }: Tensor): number {
  return clips * frames * Math.ceil(height / 4) * Math.ceil(width / 4)
}
