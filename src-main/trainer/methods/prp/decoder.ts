import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { Blueprint, sequence, type Layer } from '../../networks/blueprint.ts'
import { constant, normal } from '../../networks/initial.ts'
import type { Design } from '../../networks/network.ts'

const START = normal(0.02)
const MOST_CHANNELS = 256

/**
 * Up-convolutions from the encoder's map to a clip of twice as many frames: each doubles height and
 * width, and the first ones time as well; batch normalisation and ReLU follow all but the last.
 * [B, T / step, S / step, S / step, C] -> [B, 2 T, S, S, 3], with the steps of the encoder's map; more
 * where these do not divide T and S.
 * @param width channels before the last layer
 */
export function decoderDesign(model: EncoderName, width: number): Design {
  const { featureSize, map } = encoders[model]
  const stages = Math.log2(map.space.step)
  const ofTime = Math.log2(2 * map.time.step)
  const blueprint = new Blueprint()
  const layers: Layer[] = []
  let inputs = featureSize
  for (let stage = 0; stage < stages; stage++) {
    const isLast = stage === stages - 1
    const outputs = isLast ? 3 : Math.min(MOST_CHANNELS, width * 2 ** (stages - 2 - stage))
    const isLonger = stage < ofTime
    layers.push(
      blueprint.upConv(`up${stage + 1}.0`, {
        inputs,
        outputs,
        kernel: [isLonger ? 4 : 3, 4, 4],
        stride: [isLonger ? 2 : 1, 2, 2],
        padding: [1, 1, 1],
        initial: START,
        bias: isLast ? constant(0) : undefined,
      }),
    )
    if (!isLast) layers.push(blueprint.norm(`up${stage + 1}.1`, outputs, { relu: true }))
    inputs = outputs
  }
  return { entries: blueprint.entries, layer: sequence(...layers) }
}
