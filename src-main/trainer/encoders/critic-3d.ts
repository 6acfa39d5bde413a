import { leakyRelu } from '../engine/ops/elementwise.ts'
import { sequence, type Layer } from '../networks/blueprint.ts'
import { constant, normal } from '../networks/initial.ts'
import type { EncoderDesign } from './design.ts'

/**
 * A network of this width: clips [B, T, H, W, 3] -> [B, T / 16, H / 16, W / 16, 8 width], all rounded
 * down. Names are the places of the layers in the authors' `Sequential`. Convolutions before a batch
 * normalisation have no bias, which that would take out again.
 * @param width channels of the first convolution; each further one has twice as many
 */
export function criticDesign(width: number): EncoderDesign {
  return {
    declare(blueprint) {
      const layers: Layer[] = []
      for (let stage = 0; stage < 4; stage++) {
        const outputs = width * 2 ** stage
        const place = stage === 0 ? 0 : 3 * stage - 1
        layers.push(
          blueprint.conv(String(place), {
            inputs: stage === 0 ? 3 : outputs / 2,
            outputs,
            kernel: [4, 4, 4],
            stride: [2, 2, 2],
            padding: [
              [1, 1],
              [1, 1],
              [1, 1],
            ],
            initial: normal(0.01),
            bias: stage === 0 ? constant(0) : undefined,
          }),
        )
        if (stage > 0) layers.push(blueprint.norm(String(place + 1), outputs, { relu: false }))
        layers.push((pass, x) => leakyRelu(pass.tape, x, 0.2))
      }
      return sequence(...layers)
    },
    headNames: ['fc.0', 'fc.2'],
    startsHeadAsClassifier: false,
  }
}

export const critic3d = criticDesign(64)
