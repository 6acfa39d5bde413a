import type { Triple } from '../engine/ops/conv-geometry.ts'
import { centredPadding } from '../engine/ops/padding.ts'
import { sequence, type Blueprint, type JoiningLayer, type Layer } from '../networks/blueprint.ts'
import { kaimingNormal } from '../networks/initial.ts'

/** Sizes of one convolution of a block; the stride is that of all three axes. */
export interface BlockConv {
  inputs: number
  outputs: number
  stride: number
}

/**
 * Declares a convolution of a block under a name, up to its last norm, which the block adds.
 * @param block sizes of the block that it is in
 */
export type DeclareConv = (
  blueprint: Blueprint,
  name: string,
  size: BlockConv,
  block: Pick<BlockConv, 'inputs' | 'outputs'>,
) => Layer

export interface Stages {
  /** Channels of each stage; the first takes as many as it gives. */
  channels: readonly number[]
  /** Residual blocks a stage. */
  blocks: number
  conv: DeclareConv
}

/**
 * Declares the stages of a video ResNet (Tran et al., CVPR 2018) under torchvision's names: residual
 * blocks of two convolutions; every stage but the first halves frames, height and width.
 */
export function residualStages(blueprint: Blueprint, stages: Stages): Layer {
  const layers: Layer[] = []
  let inputs = stages.channels[0]
  stages.channels.forEach((outputs, stage) => {
    for (let block = 0; block < stages.blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1
      const name = `layer${stage + 1}.${block}`
      layers.push(residual(blueprint, name, { inputs, outputs, stride }, stages.conv))
      inputs = outputs
    }
  })
  return sequence(...layers)
}

function residual(
  blueprint: Blueprint,
  name: string,
  size: BlockConv,
  declare: DeclareConv,
): Layer {
  const { inputs, outputs, stride } = size
  const part = (of: string, conv: BlockConv): JoiningLayer => {
    const body = declare(blueprint, `${name}.${of}.0`, conv, size)
    const norm = blueprint.norm(`${name}.${of}.1`, outputs, { relu: true })
    return (pass, x, shortcut) => sequence(body, (_, y) => norm(pass, y, shortcut))(pass, x)
  }
  const first = part('conv1', size)
  const second = part('conv2', { inputs: outputs, outputs, stride: 1 })
  const shortcut =
    stride === 1
      ? null
      : sequence(
          videoConv(blueprint, `${name}.downsample.0`, {
            inputs,
            outputs,
            kernel: [1, 1, 1],
            stride: [stride, stride, stride],
          }),
          blueprint.norm(`${name}.downsample.1`, outputs, { relu: false }),
        )
  return (pass, x) => {
    const around = shortcut ? shortcut(pass, x) : x
    return sequence(first, (_, between) => second(pass, between, around))(pass, x)
  }
}

export interface VideoConv {
  inputs: number
  outputs: number
  innerInputs?: number
  innerOutputs?: number
  kernel: Triple
  stride: Triple
}

/** A convolution of these networks: kernel / 2 zeros on all sides, He's initial values. */
export function videoConv(blueprint: Blueprint, name: string, size: VideoConv): Layer {
  return blueprint.conv(name, { ...size, padding: centredPadding, initial: kaimingNormal })
}
