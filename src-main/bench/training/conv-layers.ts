import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ConvGeometry, Triple } from '../../trainer/engine/ops/conv-geometry.ts'

/** A convolution as the encoder has it, channels padded as they are inside. */
export interface ConvLayer extends ConvGeometry {
  name: string
  /** [B, T, H, W, C] */
  x: readonly number[]
  outputs: number
}

/** The sizes that the demo and the reference recipe train with: clips a batch, frames, pixels. */
const clips = {
  r2plus1d_18: [4, 16, 112],
  i3d: [4, 16, 112],
  r2plus1d_narrow: [32, 8, 48],
} as const

/** Layer, places of x relative to a clip's (frames, pixels), channels, kernel, stride. */
type Row = readonly [string, number, number, number, number, Triple, Triple]

const once: Triple = [1, 1, 1]
const image: Triple = [1, 3, 3]
const time: Triple = [3, 1, 1]
const volume: Triple = [3, 3, 3]

const rows: Record<PretrainConfig['model'], readonly Row[]> = {
  r2plus1d_18: [
    ['stem, images', 1, 1, 3, 48, [1, 7, 7], [1, 2, 2]],
    ['stem, time', 1, 2, 48, 64, time, once],
    ['layer1, images', 1, 2, 64, 144, image, once],
    ['layer1, time', 1, 2, 144, 64, time, once],
    ['layer2, images by 2', 1, 2, 64, 240, image, [1, 2, 2]],
    ['layer2, time by 2', 1, 4, 240, 128, time, [2, 1, 1]],
    ['layer2, shortcut', 1, 2, 64, 128, once, [2, 2, 2]],
    ['layer2, images', 2, 4, 128, 288, image, once],
    ['layer2, time', 2, 4, 288, 128, time, once],
    ['layer3, images by 2', 2, 4, 128, 464, image, [1, 2, 2]],
    ['layer3, images', 4, 8, 256, 576, image, once],
    ['layer3, time', 4, 8, 576, 256, time, once],
    ['layer4, images', 8, 16, 512, 1152, image, once],
    ['layer4, time', 8, 16, 1152, 512, time, once],
  ],
  i3d: [
    ['conv3d_1a', 1, 1, 3, 64, [7, 7, 7], [2, 2, 2]],
    ['conv3d_2b', 2, 4, 64, 64, once, once],
    ['conv3d_2c', 2, 4, 64, 192, volume, once],
    ['mixed_3b, 1x1', 2, 8, 192, 96, once, once],
    ['mixed_3b, 3x3', 2, 8, 96, 128, volume, once],
    ['mixed_3b, few channels', 2, 8, 16, 32, volume, once],
    ['mixed_3c, 3x3', 2, 8, 128, 192, volume, once],
    ['mixed_4b, 1x1', 4, 16, 480, 192, once, once],
    ['mixed_4f, 3x3', 4, 16, 160, 320, volume, once],
    ['mixed_5c, 3x3', 8, 32, 192, 384, volume, once],
  ],
  r2plus1d_narrow: [
    ['stem, images', 1, 1, 3, 32, [1, 7, 7], [1, 2, 2]],
    ['stem, time', 1, 2, 32, 16, time, once],
    ['layer1, images', 1, 2, 16, 32, image, once],
    ['layer1, time', 1, 2, 32, 16, time, once],
    ['layer2, images by 2', 1, 2, 16, 64, image, [1, 2, 2]],
    ['layer2, time by 2', 1, 4, 64, 32, time, [2, 1, 1]],
    ['layer2, shortcut', 1, 2, 16, 32, once, [2, 2, 2]],
    ['layer2, images', 2, 4, 32, 80, image, once],
    ['layer3, images', 4, 8, 64, 144, image, once],
    ['layer4, images', 8, 16, 128, 288, image, once],
    ['layer4, time', 8, 16, 288, 128, time, once],
  ],
}

/** The layers of an encoder in which most of its convolutions' time goes. */
export function convLayers(model: PretrainConfig['model']): ConvLayer[] {
  const [batch, frames, size] = clips[model]
  return rows[model].map(([name, t, s, inputs, outputs, kernel, stride]) => ({
    name,
    outputs,
    kernel,
    stride,
    x: [batch, Math.ceil(frames / t), Math.ceil(size / s), Math.ceil(size / s), inputs],
    padding: [
      around(kernel[0], stride[0]),
      around(kernel[1], stride[1]),
      around(kernel[2], stride[2]),
    ],
  }))
}

/** Zeros before and after, as many as keep the size or halve it. */
function around(kernel: number, stride: number): readonly [number, number] {
  const half = (kernel - 1) / 2
  return stride > 1 && kernel > 1 ? [half - 1, half] : [half, half]
}
