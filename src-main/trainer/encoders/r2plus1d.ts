import type { Blueprint, JoiningLayer, Layer } from '../networks/blueprint.ts'
import { sequence } from '../networks/blueprint.ts'
import { kaimingNormal } from '../networks/initial.ts'
import { paddedChannels } from '../networks/layout.ts'
import type { EncoderDesign } from './design.ts'

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
function r2plus1d(blueprint: Blueprint, size: R2plus1dSize): Layer {
  const layers = [stem(blueprint, size.stem, size.stages[0])]
  let inputs = size.stages[0]
  size.stages.forEach((outputs, stage) => {
    for (let block = 0; block < size.blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1
      const name = `layer${stage + 1}.${block}`
      layers.push(residual(blueprint, name, { inputs, outputs, stride, middle: size.middle }))
      inputs = outputs
    }
  })
  return sequence(...layers)
}

function stem(blueprint: Blueprint, middle: number, outputs: number): Layer {
  const inner = paddedChannels(middle)
  return sequence(
    blueprint.conv('stem.0', {
      inputs: 3,
      outputs: middle,
      innerOutputs: inner,
      initial: kaimingNormal,
      kernel: [1, 7, 7],
      stride: [1, 2, 2],
      padding: [none, both(3), both(3)],
    }),
    blueprint.norm('stem.1', middle, { relu: true, inner }),
    blueprint.conv('stem.3', {
      inputs: middle,
      outputs,
      innerInputs: inner,
      initial: kaimingNormal,
      kernel: [3, 1, 1],
      stride: [1, 1, 1],
      padding: [both(1), none, none],
    }),
    blueprint.norm('stem.4', outputs, { relu: true }),
  )
}

interface BlockSize {
  inputs: number
  outputs: number
  stride: number
  middle: (inputs: number, outputs: number) => number
}

function residual(blueprint: Blueprint, name: string, size: BlockSize): Layer {
  const { inputs, outputs, stride } = size
  // torchvision takes the middle channels of both convolutions from the block's own sizes.
  const middle = size.middle(inputs, outputs)
  const first = factorised(blueprint, `${name}.conv1`, { inputs, outputs, stride, middle })
  const second = factorised(blueprint, `${name}.conv2`, {
    inputs: outputs,
    outputs,
    stride: 1,
    middle,
  })
  const shortcut =
    stride === 1 ? null : downsample(blueprint, `${name}.downsample`, inputs, outputs, stride)
  return (pass, x) => {
    const around = shortcut ? shortcut(pass, x) : x
    return sequence(first, (_, between) => second(pass, between, around))(pass, x)
  }
}

/** 1x3x3 and 3x1x1, each with its norm and ReLU. */
function factorised(
  blueprint: Blueprint,
  name: string,
  size: { inputs: number; outputs: number; stride: number; middle: number },
): JoiningLayer {
  const { inputs, outputs, stride, middle } = size
  const inner = paddedChannels(middle)
  const body = sequence(
    blueprint.conv(`${name}.0.0`, {
      inputs,
      outputs: middle,
      innerOutputs: inner,
      initial: kaimingNormal,
      kernel: [1, 3, 3],
      stride: [1, stride, stride],
      padding: [none, both(1), both(1)],
    }),
    blueprint.norm(`${name}.0.1`, middle, { relu: true, inner }),
    blueprint.conv(`${name}.0.3`, {
      inputs: middle,
      outputs,
      innerInputs: inner,
      initial: kaimingNormal,
      kernel: [3, 1, 1],
      stride: [stride, 1, 1],
      padding: [both(1), none, none],
    }),
  )
  const norm = blueprint.norm(`${name}.1`, outputs, { relu: true })
  return (pass, x, shortcut) => sequence(body, (_, y) => norm(pass, y, shortcut))(pass, x)
}

function downsample(
  blueprint: Blueprint,
  name: string,
  inputs: number,
  outputs: number,
  stride: number,
): Layer {
  return sequence(
    blueprint.conv(`${name}.0`, {
      inputs,
      outputs,
      initial: kaimingNormal,
      kernel: [1, 1, 1],
      stride: [stride, stride, stride],
      padding: [none, none, none],
    }),
    blueprint.norm(`${name}.1`, outputs, { relu: false }),
  )
}

const none = [0, 0] as const

function both(n: number): readonly [number, number] {
  return [n, n]
}
