import { gatherTokens, addTable, reshape } from '../../engine/ops/tokens.ts'
import { concatTokens } from '../../engine/ops/elementwise.ts'
import type { Tensor } from '../../engine/tensor.ts'
import { Blueprint, sequence, type Layer } from '../../networks/blueprint.ts'
import { normalWithinDeviation } from '../../networks/initial.ts'
import type { Design } from '../../networks/network.ts'
import {
  declareBlocks,
  declareLayerNorm,
  declareTokenLinear,
  sinePositions,
} from '../../networks/transformer.ts'
import type { TokenMask } from './masks.ts'

export interface DecoderSize {
  /** Numbers of a token of the encoder, C. */
  inputs: number
  /** Of a token of the decoder, D. */
  width: number
  heads: number
  blocks: number
  /** Numbers that are predicted of a token, P. */
  outputs: number
}

/** Name of the token that stands for what is hidden; it does not decay. */
export const MASK_TOKEN = 'mask_token'

/** Declares a decoder, whose layer takes the masks of the clips. */
export interface Decoder {
  entries: Design['entries']
  /** Predictions of hidden tokens: seen tokens [B, K, C] -> [B, M, P]. */
  predict: (masks: readonly TokenMask[]) => Layer
}

/**
 * The decoder of Tong et al. (NeurIPS 2022): the encoder's tokens, normalised and narrowed, with one
 * learned token for each hidden one behind them, go through blocks; hidden tokens become numbers.
 */
export function declareDecoder(size: DecoderSize): Decoder {
  const { inputs, width, outputs } = size
  const blueprint = new Blueprint()
  const maskToken = blueprint.add({
    name: MASK_TOKEN,
    shape: [1, 1, width],
    inner: [width, 1, 1],
    initial: normalWithinDeviation(0.02),
  })
  const narrow = sequence(
    declareLayerNorm(blueprint, 'encoder_norm', inputs),
    declareTokenLinear(blueprint, 'encoder_to_decoder', { inputs, outputs: width, bias: false }),
  )
  const blocks = declareBlocks(blueprint, '', size)
  const last = sequence(
    declareLayerNorm(blueprint, 'norm', width),
    declareTokenLinear(blueprint, 'head', { inputs: width, outputs }),
  )
  const predict = (masks: readonly TokenMask[]): Layer => {
    const [{ visible, hidden }] = masks
    const table = sinePositions(visible.length + hidden.length, width)
    const behind = masks.map(() => hidden.map((_, i) => visible.length + i))
    return (pass, tokens) => {
      const { tape, engine } = pass
      const positions = (which: 'visible' | 'hidden'): Tensor =>
        engine.tensor(
          rowsOf(
            table,
            width,
            masks.map((mask) => mask[which]),
          ),
          [masks.length, masks[0][which].length, width],
        )
      const seen = addTable(tape, narrow(pass, tokens), positions('visible'))
      const token = reshape(tape, pass.get(maskToken), [width])
      const unseen = addTable(tape, positions('hidden'), token)
      const through = blocks(pass, concatTokens(tape, [seen, unseen]))
      return last(pass, gatherTokens(tape, through, behind))
    }
  }
  return { entries: blueprint.entries, predict }
}

/** The rows of a table [N, width] in the given places, one list behind the other. */
function rowsOf(table: Float32Array, width: number, places: readonly Uint32Array[]): Float32Array {
  const rows = new Float32Array(places.length * places[0].length * width)
  let at = 0
  for (const place of places.flatMap((own) => [...own])) {
    rows.set(table.subarray(place * width, (place + 1) * width), at)
    at += width
  }
  return rows
}
