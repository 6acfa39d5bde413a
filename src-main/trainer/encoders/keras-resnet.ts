import { samePadding } from '../engine/ops/padding.ts'
import { scaledByFanIn } from '../networks/initial.ts'
import { bottleneckDesign, type BottleneckSize } from './bottleneck-resnet.ts'
import type { EncoderDesign } from './design.ts'

/**
 * The 3-D ResNet of Qian et al. (CVPR 2021): a stem of 5x7x7 that halves the frames, TensorFlow's
 * SAME padding, Keras' initial values and epsilon. It has no official names under PyTorch: these are
 * torchvision's of a ResNet-50, with 3-D kernels.
 * @param momentum part of the way that running statistics move towards those of a batch
 */
export function kerasResnet({
  stem,
  momentum,
  ...size
}: Pick<BottleneckSize, 'stages' | 'blocks'> & { stem: number; momentum: number }): EncoderDesign {
  return bottleneckDesign({
    ...size,
    stem: { channels: stem, kernel: [5, 7, 7], stride: [2, 2, 2] },
    padding: samePadding,
    initial: scaledByFanIn,
    norm: { epsilon: 1e-3, momentum },
    lastScale: 1,
    names: {
      stem: ['conv1', 'bn1'],
      block: (stage, block) => `layer${stage + 1}.${block}`,
      body: [
        ['conv1', 'bn1'],
        ['conv2', 'bn2'],
        ['conv3', 'bn3'],
      ],
      shortcut: ['downsample.0', 'downsample.1'],
      isShortcutFirst: false,
    },
  })
}
