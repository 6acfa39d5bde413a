import type { Triple } from '../engine/ops/conv-geometry.ts'
import { concatChannels } from '../engine/ops/elementwise.ts'
import { gateChannels } from '../engine/ops/gate.ts'
import { globalMeanPool } from '../engine/ops/linear.ts'
import { maxPool } from '../engine/ops/max-pool.ts'
import { centredPadding } from '../engine/ops/padding.ts'
import { sequence, type Blueprint, type Layer } from '../networks/blueprint.ts'
import { normal } from '../networks/initial.ts'
import { paddedChannels } from '../networks/layout.ts'
import type { EncoderDesign } from './design.ts'
import { outputsOf, type InceptionBlock, type InceptionBlocks } from './inception-blocks.ts'

/**
 * Inception over volumes with separable convolutions (Xie et al., ECCV 2018), each kxkxk as 1xkxk and
 * kx1x1 with norm and ReLU after both, as Han et al. (NeurIPS 2020) lay it out: PyTorch's
 * symmetric padding, where the original pads as TensorFlow does.
 */
export interface SeparableSize {
  /** Channels of the first convolution and of the 1x1x1 one after it. */
  stem: number
  /** Channels of the convolution before the first blocks. */
  before: number
  blocks: readonly [InceptionBlocks, InceptionBlocks, InceptionBlocks]
  /** Whether each branch of a block is gated by its mean over time and space (section 4.4). */
  gated: boolean
}

/** A network of this size: clips [B, T, H, W, 3] -> [B, T / 8, H / 32, W / 32, C]. */
export function separableDesign(size: SeparableSize): EncoderDesign {
  return {
    declare: (blueprint) => new SeparableInception(blueprint, size.gated).declare(size),
    headNames: ['fc.0', 'fc.2'],
    startsHeadAsClassifier: false,
  }
}

interface UnitSize {
  inputs: number
  outputs: number
  /** Whether inputs or outputs are padded inside; both sides of the join must agree. */
  padIn?: boolean
  padOut?: boolean
}

class SeparableInception {
  private readonly blueprint: Blueprint
  private readonly gated: boolean

  constructor(blueprint: Blueprint, gated: boolean) {
    this.blueprint = blueprint
    this.gated = gated
  }

  declare({ stem, before, blocks: [third, fourth, fifth] }: SeparableSize): Layer {
    let channels = before
    const stack = (blocks: InceptionBlocks): Layer[] =>
      blocks.map(([suffix, sizes]) => {
        const block = this.block(`Mixed_${suffix}`, channels, sizes)
        channels = outputsOf(sizes)
        return block
      })
    return sequence(
      this.separable('Conv_1a', { inputs: 3, outputs: stem }, { taps: 7, stride: 2 }),
      pool([1, 3, 3], [1, 2, 2]),
      this.pointwise('Conv_2b', { inputs: stem, outputs: stem }),
      this.separable('Conv_2c', { inputs: stem, outputs: before }),
      pool([1, 3, 3], [1, 2, 2]),
      ...stack(third),
      pool([3, 3, 3], [2, 2, 2]),
      ...stack(fourth),
      pool([2, 2, 2], [2, 2, 2]),
      ...stack(fifth),
    )
  }

  private block(name: string, inputs: number, sizes: InceptionBlock): Layer {
    const [single, reduce1, expand1, reduce2, expand2, pooled] = sizes
    const expanding = (branch: string, reduce: number, expand: number): Layer =>
      sequence(
        this.pointwise(`${branch}.0`, { inputs, outputs: reduce, padOut: true }),
        this.separable(`${branch}.1`, { inputs: reduce, outputs: expand, padIn: true }),
      )
    const branches = [
      this.pointwise(`${name}.branch0.0`, { inputs, outputs: single }),
      expanding(`${name}.branch1`, reduce1, expand1),
      expanding(`${name}.branch2`, reduce2, expand2),
      sequence(
        pool([3, 3, 3], [1, 1, 1]),
        this.pointwise(`${name}.branch3.1`, { inputs, outputs: pooled }),
      ),
    ]
    const outputs = [single, expand1, expand2, pooled]
    const whole = this.gated
      ? branches.map((branch, i) => sequence(branch, this.gate(`${name}.gating_b${i}`, outputs[i])))
      : branches
    return (pass, x) =>
      concatChannels(
        pass.tape,
        whole.map((branch) => branch(pass, x)),
      )
  }

  /** 1x1x1, norm, ReLU. */
  private pointwise(name: string, { inputs, outputs, padOut }: UnitSize): Layer {
    const inner = padOut ? paddedChannels(outputs) : outputs
    return sequence(
      this.conv(`${name}.conv`, { inputs, outputs, innerOutputs: inner }, [1, 1, 1], [1, 1, 1]),
      this.blueprint.norm(`${name}.bn`, outputs, { relu: true, inner }),
    )
  }

  /** Over images, norm, ReLU, over time, norm, ReLU. */
  private separable(
    name: string,
    { inputs, outputs, padIn }: UnitSize,
    { taps, stride }: { taps: number; stride: number } = { taps: 3, stride: 1 },
  ): Layer {
    const innerInputs = padIn ? paddedChannels(inputs) : inputs
    const { blueprint } = this
    // The state has both convolutions before both norms.
    const images = this.conv(
      `${name}.conv1`,
      { inputs, outputs, innerInputs },
      [1, taps, taps],
      [1, stride, stride],
    )
    const time = this.conv(
      `${name}.conv2`,
      { inputs: outputs, outputs },
      [taps, 1, 1],
      [stride, 1, 1],
    )
    const norms = [1, 2].map((i) => blueprint.norm(`${name}.bn${i}`, outputs, { relu: true }))
    return sequence(images, norms[0], time, norms[1])
  }

  private conv(
    name: string,
    channels: { inputs: number; outputs: number; innerInputs?: number; innerOutputs?: number },
    kernel: Triple,
    stride: Triple,
  ): Layer {
    return this.blueprint.conv(name, {
      ...channels,
      kernel,
      stride,
      padding: centredPadding,
      initial: normal(0.01),
    })
  }

  private gate(name: string, channels: number): Layer {
    const logits = this.blueprint.linear(`${name}.fc`, channels, channels)
    return (pass, x) => gateChannels(pass.tape, x, logits(pass, globalMeanPool(pass.tape, x)))
  }
}

function pool(kernel: Triple, stride: Triple): Layer {
  return (pass, x) => maxPool(pass.tape, x, { kernel, stride, padding: centredPadding })
}
