import type { Triple } from '../engine/ops/conv-geometry.ts'
import { concatChannels } from '../engine/ops/elementwise.ts'
import { maxPool } from '../engine/ops/max-pool.ts'
import { filledPadding } from '../engine/ops/padding.ts'
import { sizeOf } from '../engine/tensor.ts'
import { sequence, type Blueprint, type Layer } from '../networks/blueprint.ts'
import { uniformByFanIn } from '../networks/initial.ts'
import { paddedChannels } from '../networks/layout.ts'
import type { EncoderDesign } from './design.ts'
import {
  inceptionBlocks,
  outputsOf,
  type InceptionBlock,
  type InceptionBlocks,
} from './inception-blocks.ts'

/**
 * Declares I3D (Carreira and Zisserman, CVPR 2017), inception inflated to volumes, up to its last
 * block: clips [B, T, H, W, 3] -> [B, T / 8, H / 32, W / 32, 1024].
 */
function declare(blueprint: Blueprint): Layer {
  let channels = 192
  const stack = (blocks: InceptionBlocks): Layer[] =>
    blocks.map(([suffix, sizes]) => {
      const block = mixed(blueprint, `mixed_${suffix}`, channels, sizes)
      channels = outputsOf(sizes)
      return block
    })
  const [third, fourth, fifth] = inceptionBlocks
  return sequence(
    unit(blueprint, 'conv3d_1a_7x7', { inputs: 3, outputs: 64, kernel: 7, stride: 2 }),
    pool([1, 3, 3], [1, 2, 2]),
    unit(blueprint, 'conv3d_2b_1x1', { inputs: 64, outputs: 64, kernel: 1 }),
    unit(blueprint, 'conv3d_2c_3x3', { inputs: 64, outputs: 192, kernel: 3 }),
    pool([1, 3, 3], [1, 2, 2]),
    ...stack(third),
    pool([3, 3, 3], [2, 2, 2]),
    ...stack(fourth),
    pool([2, 2, 2], [2, 2, 2]),
    ...stack(fifth),
  )
}

function mixed(blueprint: Blueprint, name: string, inputs: number, sizes: InceptionBlock): Layer {
  const [single, reduce1, expand1, reduce2, expand2, pooled] = sizes
  const branch = (i: number, reduce: number, expand: number): Layer =>
    sequence(
      unit(blueprint, `${name}.branch_${i}.0`, {
        inputs,
        outputs: reduce,
        kernel: 1,
        padOut: true,
      }),
      unit(blueprint, `${name}.branch_${i}.1`, {
        inputs: reduce,
        outputs: expand,
        kernel: 3,
        padIn: true,
      }),
    )
  const branches = [
    unit(blueprint, `${name}.branch_0`, { inputs, outputs: single, kernel: 1 }),
    branch(1, reduce1, expand1),
    branch(2, reduce2, expand2),
    sequence(
      pool([3, 3, 3], [1, 1, 1]),
      unit(blueprint, `${name}.branch_3.1`, { inputs, outputs: pooled, kernel: 1 }),
    ),
  ]
  return (pass, x) =>
    concatChannels(
      pass.tape,
      branches.map((layer) => layer(pass, x)),
    )
}

interface UnitSize {
  inputs: number
  outputs: number
  /** Along all three axes. */
  kernel: number
  stride?: number
  /** Whether inputs or outputs are padded inside; both sides of the join must agree. */
  padIn?: boolean
  padOut?: boolean
}

/** Convolution, batch norm, ReLU; padded with kernel - stride zeros, the odd one behind. */
function unit(blueprint: Blueprint, name: string, size: UnitSize): Layer {
  const { inputs, outputs, kernel: k, stride: s = 1 } = size
  const kernel: Triple = [k, k, k]
  const before = Math.floor((k - s) / 2)
  const padding = [before, k - s - before] as const
  const inner = size.padOut ? paddedChannels(outputs) : outputs
  return sequence(
    blueprint.conv(`${name}.conv3d`, {
      inputs,
      outputs,
      kernel,
      stride: [s, s, s],
      padding: [padding, padding, padding],
      innerInputs: size.padIn ? paddedChannels(inputs) : inputs,
      innerOutputs: inner,
      initial: uniformByFanIn(inputs * sizeOf(kernel)),
    }),
    blueprint.norm(`${name}.batch3d`, outputs, { relu: true, inner }),
  )
}

function pool(kernel: Triple, stride: Triple): Layer {
  return (pass, x) => maxPool(pass.tape, x, { kernel, stride, padding: filledPadding })
}

/** I3D with the projection head of the reference. */
export const i3d: EncoderDesign = {
  declare,
  headNames: ['id_head.2', 'id_head.4'],
  startsHeadAsClassifier: false,
}
