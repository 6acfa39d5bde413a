import { relu } from '../engine/ops/elementwise.ts'
import { joinRows } from '../engine/ops/join-rows.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { Blueprint, Layer } from '../networks/blueprint.ts'

/**
 * What VCOP makes of the features of n clips before the layer that answers: each pair of clips goes
 * through one linear layer and ReLU, and the results are put side by side.
 * [n B, C], clip after clip -> [B, P F] for P = n (n - 1) / 2 pairs: (0, 1), (0, 2), (1, 2) and so on
 * @param sizes of a clip's features, C, and of a pair, F
 */
export function pairHead(
  blueprint: Blueprint,
  clips: number,
  sizes: { features: number; pair: number },
): { layer: Layer; size: number } {
  const linear = blueprint.linear('fc7', 2 * sizes.features, sizes.pair)
  const pairs = pairsOf(clips)
  const layer: Layer = (pass, x) => {
    const beside = pairRows(pass.tape, x, clips, pairs) // [P B, 2 C]
    return joinRows(pass.tape, relu(pass.tape, linear(pass, beside)), pairs.length)
  }
  return { layer, size: pairs.length * sizes.pair }
}

type Pair = readonly [number, number]

function pairsOf(clips: number): Pair[] {
  const all = Array.from({ length: clips }, (_, i) => i)
  return all.flatMap((i) => all.slice(i + 1).map((j): Pair => [i, j]))
}

/** The features of both clips of each pair side by side: [n B, C] -> [P B, 2 C] */
function pairRows(tape: Tape, x: Tensor, clips: number, pairs: readonly Pair[]): Tensor {
  const { engine } = tape
  const [rows, channels] = x.shape
  const each = raw.split(engine, x, new Array<number>(clips).fill(rows / clips), 0) // n x [B, C]
  const side = (place: 0 | 1): Tensor =>
    raw.concat(
      engine,
      pairs.map((pair) => each[pair[place]]),
      0,
    )
  const y = raw.concat(engine, [side(0), side(1)], 1)
  return tape.record(y, [x], [], (dy) => {
    const sides = raw.split(engine, dy, [channels, channels], 1)
    const parts = sides.map((part) =>
      raw.split(engine, part, new Array<number>(pairs.length).fill(rows / clips), 0),
    )
    const sums = each.map((_, clip) => {
      const own = pairs.flatMap((pair, p) =>
        pair.flatMap((other, place) => (other === clip ? [parts[place][p]] : [])),
      )
      return own.reduce((sum, part) => raw.add(engine, sum, part))
    })
    return [raw.concat(engine, sums, 0)]
  })
}
