import type { Triple } from '../engine/ops/conv-geometry.ts'
import { concatChannels } from '../engine/ops/elementwise.ts'
import { maxPool } from '../engine/ops/max-pool.ts'
import { sizeOf } from '../engine/tensor.ts'
import { sequence, type Blueprint, type Layer } from '../networks/blueprint.ts'
import { uniformByFanIn } from '../networks/initial.ts'
import { paddedChannels } from '../networks/layout.ts'
import type { EncoderDesign } from './design.ts'

/** Outputs of one inception block: 1x1; 1x1 then 3x3; 1x1 then 3x3; pooling then 1x1. */
type Mixed = readonly [number, number, number, number, number, number]

const mixed3: [string, Mixed][] = [
  ['mixed_3b', [64, 96, 128, 16, 32, 32]],
  ['mixed_3c', [128, 128, 192, 32, 96, 64]],
]
const mixed4: [string, Mixed][] = [
  ['mixed_4b', [192, 96, 208, 16, 48, 64]],
  ['mixed_4c', [160, 112, 224, 24, 64, 64]],
  ['mixed_4d', [128, 128, 256, 24, 64, 64]],
  ['mixed_4e', [112, 144, 288, 32, 64, 64]],
  ['mixed_4f', [256, 160, 320, 32, 128, 128]],
]
const mixed5: [string, Mixed][] = [
  ['mixed_5b', [256, 160, 320, 32, 128, 128]],
  ['mixed_5c', [384, 192, 384, 48, 128, 128]],
]

/**
 * Declares I3D (Carreira and Zisserman, CVPR 2017), inception inflated to volumes, up to its last
 * block: clips [B, T, H, W, 3] -> [B, T / 8, H / 32, W / 32, 1024].
 */
function declare(blueprint: Blueprint): Layer {
  let channels = 192
  const stack = (blocks: [string, Mixed][]): Layer[] =>
    blocks.map(([name, sizes]) => {
      const block = mixed(blueprint, name, channels, sizes)
      channels = sizes[0] + sizes[2] + sizes[4] + sizes[5]
      return block
    })
  return sequence(
    unit(blueprint, 'conv3d_1a_7x7', { inputs: 3, outputs: 64, kernel: 7, stride: 2 }),
    pool([1, 3, 3], [1, 2, 2]),
    unit(blueprint, 'conv3d_2b_1x1', { inputs: 64, outputs: 64, kernel: 1 }),
    unit(blueprint, 'conv3d_2c_3x3', { inputs: 64, outputs: 192, kernel: 3 }),
    pool([1, 3, 3], [1, 2, 2]),
    ...stack(mixed3),
    pool([3, 3, 3], [2, 2, 2]),
    ...stack(mixed4),
    pool([2, 2, 2], [2, 2, 2]),
    ...stack(mixed5),
  )
}

function mixed(blueprint: Blueprint, name: string, inputs: number, sizes: Mixed): Layer {
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
  return (pass, x) => maxPool(pass.tape, x, kernel, stride)
}

/** I3D with the projection head of the reference. */
export const i3d: EncoderDesign = {
  declare,
  headNames: ['id_head.2', 'id_head.4'],
  startsHeadAsClassifier: false,
}
