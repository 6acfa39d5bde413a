import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { DOUBLINGS, growthOf } from '#shared/methods/videogan.ts'
import type { Triple } from '../../engine/ops/conv-geometry.ts'
import { relu } from '../../engine/ops/elementwise.ts'
import { globalMeanPool } from '../../engine/ops/linear.ts'
import { Blueprint, sequence, type Layer } from '../../networks/blueprint.ts'
import { constant, normal } from '../../networks/initial.ts'
import type { Design } from '../../networks/network.ts'

/** As in the authors' code. */
const START = normal(0.01)

export interface GeneratorSize {
  /** Of a clip. */
  frames: number
  size: number
  /** Length of the noise. */
  noise: number
  /** Channels before the last layer. */
  width: number
}

/** A part of the generator, by the name before its entries. */
type Part = 'volume' | 'foreground' | 'mask' | 'background'

/** The two streams of Vondrick et al. (NeurIPS 2016): one of volumes, and one of one picture. */
export interface GeneratorDesign {
  entries: Design['entries']
  /** Noise [B, 1, 1, 1, Z] -> features of the moving stream, [B, T / 2, S / 2, S / 2, width] or so. */
  volume: Layer
  /** Those features -> [B, T, S, S, 3] before tanh, and [B, T, S, S, 1] before sigmoid. */
  foreground: Layer
  mask: Layer
  /** Noise [B, 1, 1, 1, Z] -> [B, 1, S, S, 3] before tanh. */
  background: Layer
}

/**
 * The generator: a transposed convolution makes the smallest map of noise, and four more double it
 * along each axis as long as its size is even, with batch normalisation and ReLU after all but the last.
 * For clips of 32x64x64 it is the paper's.
 */
export function generatorDesign({ frames, size, noise, width }: GeneratorSize): GeneratorDesign {
  const blueprint = new Blueprint()
  const stages = [width * 8, width * 4, width * 2, width]
  const [inTime, inSpace] = [growthOf(frames), growthOf(size)]
  const up = (name: Part, at: number, inputs: number, outputs: number): Layer => {
    const isFlat = name === 'background'
    const axis = (times: number): [number, number, number] => (at <= times ? [4, 2, 1] : [3, 1, 1])
    const [t, s] = [isFlat ? ([1, 1, 0] as const) : axis(inTime.doublings), axis(inSpace.doublings)]
    const isLast = at === DOUBLINGS
    return blueprint.upConv(`${name}.${at}.0`, {
      inputs,
      outputs,
      kernel: [t[0], s[0], s[0]],
      stride: [t[1], s[1], s[1]],
      padding: [t[2], s[2], s[2]],
      initial: START,
      bias: isLast ? constant(0) : undefined,
    })
  }
  const stream = (name: Part, first: Triple): Layer[] => {
    const layers: Layer[] = []
    stages.forEach((outputs, at) => {
      layers.push(
        at === 0
          ? blueprint.upConv(`${name}.0.0`, {
              inputs: noise,
              outputs,
              kernel: first,
              stride: [1, 1, 1],
              padding: [0, 0, 0],
              initial: START,
            })
          : up(name, at, stages[at - 1], outputs),
        blueprint.norm(`${name}.${at}.1`, outputs, { relu: false }),
        (pass, x) => relu(pass.tape, x),
      )
    })
    return layers
  }
  const side = inSpace.first
  const volume = sequence(...stream('volume', [inTime.first, side, side]))
  const foreground = up('foreground', DOUBLINGS, width, 3)
  const mask = up('mask', DOUBLINGS, width, 1)
  const background = sequence(
    ...stream('background', [1, side, side]),
    up('background', DOUBLINGS, width, 3),
  )
  return { entries: blueprint.entries, volume, foreground, mask, background }
}

/**
 * The discriminator's last layer: a convolution over the encoder's whole map, or as much of it as clips
 * of this size surely have. Map [B, T', H', W', C] -> logits [B, 2], in the master type; the first says
 * made, the second real.
 */
export function verdictDesign(of: { model: EncoderName; frames: number; size: number }): Design {
  const { featureSize, map } = encoders[of.model]
  const cells = (n: number, step: number): number => Math.max(1, Math.floor(n / step))
  const [t, s] = [cells(of.frames, map.time.step), cells(of.size, map.space.step)]
  const blueprint = new Blueprint()
  const none = [0, 0] as const
  const last = blueprint.conv('11', {
    inputs: featureSize,
    outputs: 2,
    kernel: [t, s, s],
    stride: [1, 1, 1],
    padding: [none, none, none],
    initial: START,
    bias: constant(0),
  })
  const layer = sequence(last, (pass, x) => globalMeanPool(pass.tape, x))
  return { entries: blueprint.entries, layer }
}
