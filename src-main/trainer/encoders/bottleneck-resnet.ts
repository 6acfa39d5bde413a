import type { Triple } from '../engine/ops/conv-geometry.ts'
import { maxPool } from '../engine/ops/max-pool.ts'
import { samePadding } from '../engine/ops/padding.ts'
import {
  sequence,
  type Blueprint,
  type JoiningLayer,
  type Layer,
  type NormChoices,
} from '../networks/blueprint.ts'
import { scaledByFanIn } from '../networks/initial.ts'
import { sizeOf } from '../engine/tensor.ts'
import type { EncoderDesign } from './design.ts'

/**
 * The 3-D ResNet of bottlenecks of Qian et al. (CVPR 2021): TensorFlow's SAME padding, a stem
 * of 5x7x7, and 3x1x1 instead of 1x1x1 in the bottlenecks of the last two stages. It has no official
 * names under PyTorch: these are torchvision's of a ResNet-50, with 3-D kernels.
 */
export interface BottleneckSize {
  /** Channels of the stem. */
  stem: number
  /** Channels within the bottlenecks of each stage; they give four times as many. */
  stages: readonly number[]
  /** Bottlenecks of each stage. */
  blocks: readonly number[]
  /** Part of the way that running statistics move towards those of a batch. */
  momentum: number
}

/** Stages whose bottlenecks look at three frames. */
const TEMPORAL_FROM = 2
/** Of batch norm, as in Keras. */
const EPSILON = 1e-3

/** A network of this size: clips [B, T, H, W, 3] -> [B, T / 2, H / 32, W / 32, C], rounded up. */
export function bottleneckDesign(size: BottleneckSize): EncoderDesign {
  return {
    declare: (blueprint) => new Bottlenecks(blueprint, size).declare(),
    headNames: ['fc.0', 'fc.2'],
    startsHeadAsClassifier: false,
  }
}

interface BlockSize {
  inputs: number
  middle: number
  /** Along height and width. */
  stride: number
  /** Taps over time of its first convolution. */
  frames: number
}

class Bottlenecks {
  private readonly blueprint: Blueprint
  private readonly size: BottleneckSize

  constructor(blueprint: Blueprint, size: BottleneckSize) {
    this.blueprint = blueprint
    this.size = size
  }

  declare(): Layer {
    const { stem, stages, blocks } = this.size
    const layers: Layer[] = [
      this.conv('conv1', 3, stem, { kernel: [5, 7, 7], stride: [2, 2, 2] }),
      this.norm('bn1', stem),
      (pass, x) => maxPool(pass.tape, x, pool),
    ]
    let inputs = stem
    stages.forEach((middle, stage) => {
      const frames = stage < TEMPORAL_FROM ? 1 : 3
      for (let block = 0; block < blocks[stage]; block++) {
        const stride = stage > 0 && block === 0 ? 2 : 1
        const name = `layer${stage + 1}.${block}`
        layers.push(this.block(name, { inputs, middle, stride, frames }))
        inputs = 4 * middle
      }
    })
    return sequence(...layers)
  }

  private block(name: string, { inputs, middle, stride, frames }: BlockSize): Layer {
    const outputs = 4 * middle
    const body = sequence(
      this.conv(`${name}.conv1`, inputs, middle, { kernel: [frames, 1, 1], stride: [1, 1, 1] }),
      this.norm(`${name}.bn1`, middle),
      this.conv(`${name}.conv2`, middle, middle, {
        kernel: [1, 3, 3],
        stride: [1, stride, stride],
      }),
      this.norm(`${name}.bn2`, middle),
      this.conv(`${name}.conv3`, middle, outputs, { kernel: [1, 1, 1], stride: [1, 1, 1] }),
    )
    const join = this.norm(`${name}.bn3`, outputs)
    const shortcut = inputs === outputs ? null : this.shortcut(name, { inputs, outputs, stride })
    return (pass, x) => {
      const around = shortcut ? shortcut(pass, x) : x
      return sequence(body, (_, y) => join(pass, y, around))(pass, x)
    }
  }

  private shortcut(
    name: string,
    { inputs, outputs, stride }: { inputs: number; outputs: number; stride: number },
  ): Layer {
    const window = { kernel: [1, 1, 1], stride: [1, stride, stride] } as const
    return sequence(
      this.conv(`${name}.downsample.0`, inputs, outputs, window),
      this.norm(`${name}.downsample.1`, outputs, false),
    )
  }

  private conv(
    name: string,
    inputs: number,
    outputs: number,
    { kernel, stride }: { kernel: Triple; stride: Triple },
  ): Layer {
    return this.blueprint.conv(name, {
      inputs,
      outputs,
      kernel,
      stride,
      padding: samePadding,
      initial: scaledByFanIn(inputs * sizeOf(kernel)),
    })
  }

  private norm(name: string, channels: number, relu = true): JoiningLayer {
    const choices: NormChoices = { relu, epsilon: EPSILON, momentum: this.size.momentum }
    return this.blueprint.norm(name, channels, choices)
  }
}

const pool = { kernel: [1, 3, 3], stride: [1, 2, 2], padding: samePadding } as const
