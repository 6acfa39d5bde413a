import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import type { Triple } from '../../engine/ops/conv-geometry.ts'
import { resizeMap, resizeTime } from '../../engine/ops/map-ops.ts'
import { Blueprint, sequence, type Layer } from '../../networks/blueprint.ts'
import { constant, normal } from '../../networks/initial.ts'
import type { Design } from '../../networks/network.ts'

const START = normal(0.02)
const MOST_CHANNELS = 256

export interface DecoderSize {
  model: EncoderName
  /** Of the clips that the encoder takes. */
  frames: number
  size: number
  /** Channels before the last layer. */
  width: number
}

/**
 * Up-convolutions from the encoder's map to a clip of twice as many frames: each doubles height and
 * width, and the first ones time as well; where time must be doubled more often than height, layers
 * before them double it alone. Batch normalisation and ReLU follow all but the last.
 * [B, T / step, S / step, S / step, C] -> [B, 2 T, S, S, 3], with the steps of the encoder's map; more
 * where these do not divide T and S. A map that an encoder rounds down is enlarged first.
 */
export function decoderDesign({ model, frames, size, width }: DecoderSize): Design {
  const { featureSize, map } = encoders[model]
  const stages = Math.log2(map.space.step)
  const ofTime = Math.log2(2 * map.time.step)
  const blueprint = new Blueprint()
  const layers: Layer[] = [
    grow(Math.ceil(frames / map.time.step), Math.ceil(size / map.space.step)),
  ]
  let inputs = featureSize
  const up = (name: string, outputs: number, [t, s]: [t: Axis, s: Axis], isLast = false): void => {
    const each = (place: 0 | 1 | 2): Triple => [t[place], s[place], s[place]]
    layers.push(
      blueprint.upConv(`${name}.0`, {
        ...{ inputs, outputs, kernel: each(0), stride: each(1), padding: each(2) },
        initial: START,
        bias: isLast ? constant(0) : undefined,
      }),
    )
    if (!isLast) layers.push(blueprint.norm(`${name}.1`, outputs, { relu: true }))
    inputs = outputs
  }
  const widthAt = (stage: number): number =>
    Math.min(MOST_CHANNELS, width * 2 ** (stages - 2 - stage))
  for (let more = 1; more <= ofTime - stages; more++)
    up(`long${more}`, widthAt(0), [DOUBLED, ALONE])
  for (let stage = 0; stage < stages; stage++) {
    const isLast = stage === stages - 1
    const time = stage < ofTime ? DOUBLED : KEPT
    up(`up${stage + 1}`, isLast ? 3 : widthAt(stage), [time, DOUBLED], isLast)
  }
  return { entries: blueprint.entries, layer: sequence(...layers) }
}

/** What an up-convolution does along one axis. */
type Axis = readonly [kernel: number, stride: number, padding: number]
const DOUBLED: Axis = [4, 2, 1]
const KEPT: Axis = [3, 1, 1]
/** Each place by itself. */
const ALONE: Axis = [1, 1, 0]

/** Enlarges a map that has fewer places than these. */
function grow(frames: number, size: number): Layer {
  return ({ tape }, x) => {
    const [, t, h] = x.shape
    const long = t < frames ? resizeTime(tape, x, frames) : x
    return h < size ? resizeMap(tape, long, size) : long
  }
}
