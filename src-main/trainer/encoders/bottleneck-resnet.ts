import type { Triple } from '../engine/ops/conv-geometry.ts'
import { maxPool } from '../engine/ops/max-pool.ts'
import type { PaddingRule } from '../engine/ops/padding.ts'
import {
  sequence,
  type Blueprint,
  type JoiningLayer,
  type Layer,
  type NormChoices,
} from '../networks/blueprint.ts'
import type { Initialiser } from '../networks/initial.ts'
import { sizeOf } from '../engine/tensor.ts'
import type { EncoderDesign } from './design.ts'

/** A convolution and the norm after it, under PyTorch's names. */
export type NamedPair = readonly [conv: string, norm: string]

/** What the parts of a network are called in the files of its authors. */
export interface BottleneckNames {
  stem: NamedPair
  /** Before the names of a bottleneck's parts. @param stage from 0 @param block from 0 */
  block: (stage: number, block: number) => string
  /** The three convolutions of a bottleneck. */
  body: readonly [NamedPair, NamedPair, NamedPair]
  shortcut: NamedPair
  /** Whether a bottleneck lists its shortcut before its body. */
  isShortcutFirst: boolean
}

/** A 3-D ResNet of bottlenecks, which keep their frames and take 3x1x1 in its last two stages. */
export interface BottleneckSize {
  /** Channels of the stem, and its window. */
  stem: { channels: number; kernel: Triple; stride: Triple }
  /** Channels within the bottlenecks of each stage; they give four times as many. */
  stages: readonly number[]
  /** Bottlenecks of each stage. */
  blocks: readonly number[]
  padding: PaddingRule
  /** Of a convolution with so many inputs to each output. */
  initial: (fanIn: number) => Initialiser
  /** Of batch norm; `momentum` is the part of the way that running statistics move towards a batch's. */
  norm: { epsilon: number; momentum: number }
  /** How the scale of a bottleneck's last norm starts: with 0, a bottleneck begins as its shortcut. */
  lastScale: number
  names: BottleneckNames
}

/** Stages whose bottlenecks look at three frames. */
const TEMPORAL_FROM = 2

/** A network of this size: clips [B, T, H, W, 3] -> [B, T / stride of the stem, H / 32, W / 32, C]. */
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
    const { stem, stages, blocks, padding, names } = this.size
    const pool = { kernel: [1, 3, 3], stride: [1, 2, 2], padding } as const
    const layers: Layer[] = [
      this.conv(names.stem, 3, stem.channels, stem),
      this.norm(names.stem, stem.channels),
      (pass, x) => maxPool(pass.tape, x, pool),
    ]
    let inputs = stem.channels
    stages.forEach((middle, stage) => {
      const frames = stage < TEMPORAL_FROM ? 1 : 3
      for (let block = 0; block < blocks[stage]; block++) {
        const stride = stage > 0 && block === 0 ? 2 : 1
        layers.push(this.block(names.block(stage, block), { inputs, middle, stride, frames }))
        inputs = 4 * middle
      }
    })
    return sequence(...layers)
  }

  private block(name: string, size: BlockSize): Layer {
    const { names } = this.size
    const first = names.isShortcutFirst ? this.shortcut(name, size) : null
    const { body, join } = this.body(name, size)
    const shortcut = first ?? this.shortcut(name, size)
    return (pass, x) => {
      const around = shortcut ? shortcut(pass, x) : x
      return sequence(body, (_, y) => join(pass, y, around))(pass, x)
    }
  }

  private body(name: string, size: BlockSize): { body: Layer; join: JoiningLayer } {
    const { inputs, middle, stride, frames } = size
    const [reduce, look, expand] = this.size.names.body.map((pair) => within(name, pair))
    const body = sequence(
      this.conv(reduce, inputs, middle, { kernel: [frames, 1, 1], stride: [1, 1, 1] }),
      this.norm(reduce, middle),
      this.conv(look, middle, middle, { kernel: [1, 3, 3], stride: [1, stride, stride] }),
      this.norm(look, middle),
      this.conv(expand, middle, 4 * middle, { kernel: [1, 1, 1], stride: [1, 1, 1] }),
    )
    return { body, join: this.norm(expand, 4 * middle, { start: this.size.lastScale }) }
  }

  /** Null where a bottleneck gives as many channels as it takes. */
  private shortcut(name: string, { inputs, middle, stride }: BlockSize): Layer | null {
    const outputs = 4 * middle
    if (inputs === outputs) return null
    const pair = within(name, this.size.names.shortcut)
    return sequence(
      this.conv(pair, inputs, outputs, { kernel: [1, 1, 1], stride: [1, stride, stride] }),
      this.norm(pair, outputs, { relu: false }),
    )
  }

  private conv(
    [name]: NamedPair,
    inputs: number,
    outputs: number,
    { kernel, stride }: { kernel: Triple; stride: Triple },
  ): Layer {
    const { padding, initial } = this.size
    return this.blueprint.conv(name, {
      inputs,
      outputs,
      kernel,
      stride,
      padding,
      initial: initial(inputs * sizeOf(kernel)),
    })
  }

  private norm(
    [, name]: NamedPair,
    channels: number,
    choices: Partial<NormChoices> = {},
  ): JoiningLayer {
    return this.blueprint.norm(name, channels, { relu: true, ...this.size.norm, ...choices })
  }
}

function within(block: string, [conv, norm]: NamedPair): NamedPair {
  return [`${block}.${conv}`, `${block}.${norm}`]
}
