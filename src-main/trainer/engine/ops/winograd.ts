import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { ConvGeometry } from './conv-geometry.ts'
import type { OwnConv } from './own-conv.ts'

/**
 * A convolution of 1x3x3 or 3x1x1 taps in float32 by the workbench's own kernels, which take a
 * quarter or a half of the products that the definition takes; null where it is of another kind.
 */
export function winograd(
  engine: Engine,
  x: Tensor,
  w: Tensor,
  geometry: ConvGeometry,
): OwnConv | null {
  if (!engine.kernels.winograd || !suits(x, geometry)) return null
  if (x.dtype !== DType.float32 && !(engine.kernels.pairConv && x.dtype === DType.bfloat16)) return null
  const type = attribute.type('T', x.dtype)
  const mirrored = (value: boolean) => attribute.bool('mirrored', value)
  const taps = attribute.ints('taps', [...geometry.kernel])
  return {
    forward: () => engine.op('FameWinograd', [x, w], [type, mirrored(false)]),
    input: (dy) => engine.op('FameWinograd', [dy, w], [type, mirrored(true)]),
    filter: (dy) => engine.op('FameWinogradFilter', [x, dy], [type, taps]),
  }
}

/**
 * Tiles are of four outputs along each axis of the kernel. Over time, as short a clip as two frames
 * has no more products by definition, since some taps meet only zeros.
 */
function suits(x: Tensor, { kernel, stride, padding }: ConvGeometry): boolean {
  const taps = kernel.join('x')
  if (taps === '3x1x1' && x.shape[1] < 3) return false
  if (!['1x3x3', '3x1x1', '3x3x3'].includes(taps)) return false
  const centred = padding.every((pads, i) => pads.every((n) => n === (kernel[i] - 1) / 2))
  return centred && stride.every((n) => n === 1)
}
