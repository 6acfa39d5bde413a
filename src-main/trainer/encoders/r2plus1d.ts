import { sequence, type Blueprint, type Layer } from '../networks/blueprint.ts'
import { paddedChannels } from '../networks/layout.ts'
import type { EncoderDesign } from './design.ts'
import { residualStages, videoConv, type DeclareConv } from './video-resnet.ts'

/**
 * R(2+1)D (Tran et al., CVPR 2018) as torchvision lays it out: a stem, four stages of residual
 * blocks, each 3x3x3 convolution as 1x3x3 to `middle` channels, norm, ReLU, 3x1x1.
 */
export interface R2plus1dSize {
  /** Channels of the stem's spatial convolution. */
  stem: number
  /** Channels of each stage; the stem gives as many as the first. */
  stages: readonly number[]
  /** Residual blocks a stage. */
  blocks: number
  /** Channels between the spatial and the temporal convolution. */
  middle: (inputs: number, outputs: number) => number
}

/** A network of this size, with the projection head of the reference. */
export function r2plus1dDesign(size: R2plus1dSize): EncoderDesign {
  return {
    declare: (blueprint) => r2plus1d(blueprint, size),
    headNames: ['fc.0', 'fc.2'],
    startsHeadAsClassifier: true,
  }
}

/** As many as give the factorised convolution the parameters of a 3x3x3 one (section 3.5). */
export function sameParameters(inputs: number, outputs: number): number {
  return Math.floor((inputs * outputs * 27) / (inputs * 9 + 3 * outputs))
}

/** Declares the network up to its last stage: clips [B, T, H, W, 3] -> [B, T', H', W', C]. */
function r2plus1d(blueprint: Blueprint, { stem: middle, stages, blocks, ...size }: R2plus1dSize) {
  const first = stem(blueprint, middle, stages[0])
  const conv = factorised(size.middle)
  return sequence(first, residualStages(blueprint, { channels: stages, blocks, conv }))
}

function stem(blueprint: Blueprint, middle: number, outputs: number): Layer {
  const inner = paddedChannels(middle)
  return sequence(
    videoConv(blueprint, 'stem.0', {
      inputs: 3,
      outputs: middle,
      innerOutputs: inner,
      kernel: [1, 7, 7],
      stride: [1, 2, 2],
    }),
    blueprint.norm('stem.1', middle, { relu: true, inner }),
    videoConv(blueprint, 'stem.3', {
      inputs: middle,
      outputs,
      innerInputs: inner,
      kernel: [3, 1, 1],
      stride: [1, 1, 1],
    }),
    blueprint.norm('stem.4', outputs, { relu: true }),
  )
}

/** 1x3x3, norm, ReLU and 3x1x1. */
function factorised(middleOf: R2plus1dSize['middle']): DeclareConv {
  return (blueprint, name, { inputs, outputs, stride }, block) => {
    // torchvision takes the middle channels of both convolutions from the block's own sizes.
    const middle = middleOf(block.inputs, block.outputs)
    const inner = paddedChannels(middle)
    return sequence(
      videoConv(blueprint, `${name}.0`, {
        inputs,
        outputs: middle,
        innerOutputs: inner,
        kernel: [1, 3, 3],
        stride: [1, stride, stride],
      }),
      blueprint.norm(`${name}.1`, middle, { relu: true, inner }),
      videoConv(blueprint, `${name}.3`, {
        inputs: middle,
        outputs,
        innerInputs: inner,
        kernel: [3, 1, 1],
        stride: [stride, 1, 1],
      }),
    )
  }
}
