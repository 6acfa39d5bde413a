import { sequence } from '../networks/blueprint.ts'
import type { EncoderDesign } from './design.ts'
import { residualStages, videoConv, type DeclareConv } from './video-resnet.ts'

/** R3D (Tran et al., CVPR 2018) as torchvision lays it out: every convolution is 3x3x3. */
export interface R3dSize {
  /** Channels of each stage; the stem gives as many as the first. */
  stages: readonly number[]
  /** Residual blocks a stage. */
  blocks: number
}

/** A network of this size: clips [B, T, H, W, 3] -> [B, T / 8, H / 16, W / 16, C]. */
export function r3dDesign({ stages, blocks }: R3dSize): EncoderDesign {
  return {
    declare: (blueprint) =>
      sequence(
        videoConv(blueprint, 'stem.0', {
          inputs: 3,
          outputs: stages[0],
          kernel: [3, 7, 7],
          stride: [1, 2, 2],
        }),
        blueprint.norm('stem.1', stages[0], { relu: true }),
        residualStages(blueprint, { channels: stages, blocks, conv: volume }),
      ),
    headNames: ['fc.0', 'fc.2'],
    startsHeadAsClassifier: true,
  }
}

const volume: DeclareConv = (blueprint, name, { inputs, outputs, stride }) =>
  videoConv(blueprint, name, {
    inputs,
    outputs,
    kernel: [3, 3, 3],
    stride: [stride, stride, stride],
  })
