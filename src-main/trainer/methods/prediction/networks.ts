import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { leakyRelu } from '../../engine/ops/elementwise.ts'
import { globalMeanPool } from '../../engine/ops/linear.ts'
import { cropMap, meanOverTime, resizeMap } from '../../engine/ops/map-ops.ts'
import { Blueprint, sequence, type Layer } from '../../networks/blueprint.ts'
import { constant, normal } from '../../networks/initial.ts'
import type { Design } from '../../networks/network.ts'

/** Of both networks, as generators of pictures usually start. */
const START = normal(0.02)
const MOST_CHANNELS = 256

export interface DecoderSize {
  model: EncoderName
  /** Pixels of a frame's side. */
  size: number
  /** Channels before the last layer. */
  width: number
  /** Frames that it gives. */
  future: number
}

/**
 * The decoder: the mean of the encoder's map over time, then transposed convolutions of 4x4 that
 * double height and width, each but the last with batch normalisation and ReLU; channels halve.
 * Map [B, T', H', W', C] -> frames one behind the other in the channels, [B, 1, size, size, 3 future].
 */
export function decoderDesign({ model, size, width, future }: DecoderSize): Design {
  const { featureSize, map } = encoders[model]
  const doublings = Math.log2(map.space.step)
  const widthAt = (stage: number): number =>
    Math.min(MOST_CHANNELS, width * 2 ** (doublings - 1 - stage))
  const blueprint = new Blueprint()
  const layers: Layer[] = [
    (pass, x) => meanOverTime(pass.tape, x),
    (pass, x) => resizeMap(pass.tape, x, Math.ceil(size / map.space.step)),
    blueprint.conv('in.0', {
      inputs: featureSize,
      outputs: widthAt(0),
      kernel: [1, 1, 1],
      stride: [1, 1, 1],
      padding: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      initial: START,
    }),
    blueprint.norm('in.1', widthAt(0), { relu: true }),
  ]
  for (let stage = 0; stage < doublings; stage++) {
    const isLast = stage === doublings - 1
    const outputs = isLast ? 3 * future : widthAt(stage + 1)
    layers.push(
      blueprint.upConv(`up${stage + 1}.0`, {
        inputs: widthAt(stage),
        outputs,
        kernel: [1, 4, 4],
        stride: [1, 2, 2],
        padding: [0, 1, 1],
        initial: START,
        bias: isLast ? constant(0) : undefined,
      }),
    )
    if (!isLast) layers.push(blueprint.norm(`up${stage + 1}.1`, outputs, { relu: true }))
  }
  layers.push((pass, x) => cropMap(pass.tape, x, size))
  return { entries: blueprint.entries, layer: sequence(...layers) }
}

/**
 * Tells true frames from predicted ones, given the frames before: convolutions of 4x4 that halve height
 * and width, with leaky ReLU and all but the first with batch normalisation, then the mean and one
 * linear layer. Frames one behind the other in the channels, [B, 1, H, W, 3 frames] -> logits [B, 1].
 */
export function discriminatorDesign(size: { frames: number; width: number }): Design {
  const blueprint = new Blueprint()
  const layers: Layer[] = []
  let inputs = 3 * size.frames
  for (let stage = 0; stage < 4; stage++) {
    const outputs = size.width * 2 ** stage
    layers.push(
      blueprint.conv(`conv${stage + 1}.0`, {
        inputs,
        outputs,
        kernel: [1, 4, 4],
        stride: [1, 2, 2],
        padding: [
          [0, 0],
          [1, 1],
          [1, 1],
        ],
        initial: START,
        bias: stage === 0 ? constant(0) : undefined,
      }),
    )
    if (stage > 0) layers.push(blueprint.norm(`conv${stage + 1}.1`, outputs, { relu: false }))
    layers.push((pass, x) => leakyRelu(pass.tape, x, 0.2))
    inputs = outputs
  }
  layers.push((pass, x) => globalMeanPool(pass.tape, x))
  layers.push(blueprint.linear('fc', inputs, 1))
  return { entries: blueprint.entries, layer: sequence(...layers) }
}
