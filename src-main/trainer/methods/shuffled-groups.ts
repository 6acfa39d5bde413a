import { GROUP } from '#shared/methods/moco.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { concatRows } from '../engine/ops/elementwise.ts'
import { gatherRows } from '../engine/ops/over-ranks.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'
import type { OpenProjector, Projector } from './projector.ts'

/** A random order of the keys, which follows from the seed and the place of the batch in the run. */
export function shuffledOrder(clips: number, seed: number, ...place: number[]): Uint32Array {
  return new Rng(deriveSeed(seed, 0x73686266, ...place)).permutation(clips)
}

/** The clips of each group, in the order given; the last group may be smaller. */
export function groupsOf(order: Uint32Array): Uint32Array[] {
  const count = Math.ceil(order.length / GROUP)
  return Array.from({ length: count }, (_, i) => order.subarray(i * GROUP, (i + 1) * GROUP))
}

/**
 * Runs an encoder and its head in training mode on groups of clips, each with its own batch statistics, as
 * several GPUs do (He et al., CVPR 2020, section 3.3). The running statistics follow the first group,
 * as those that a checkpoint of the reference holds follow its first GPU.
 * @param clips [B, T, H, W, 3]
 * @param order which clips go together: a permutation of 0..B-1, or of the clips of all processes that
 * share the batch, which then exchange their clips; no gradient flows in that case
 * @returns projections in the order of the clips, [B, D]
 */
export function projectInGroups(
  projector: Projector,
  tape: Tape,
  clips: Tensor,
  opened: OpenProjector,
  order: Uint32Array,
): Tensor {
  const { engine } = tape
  const [own] = clips.shape
  const isExchanged = order.length > own
  const first = isExchanged ? own * engine.collective!.rank : 0
  const from = isExchanged ? gatherRows(tape, clips) : clips
  const parts = engine.alone(() =>
    groupsOf(order.subarray(first, first + own)).map((group, i) => {
      const together = rowsOf(engine, from, group)
      return projector.run(tape, together, opened, i === 0 ? 'train' : 'train, keep statistics')
    }),
  )
  const shuffled = concatRows(tape, parts)
  if (!isExchanged) return inOrder(tape, shuffled, order)
  const all = inOrder(tape, gatherRows(tape, shuffled), order)
  return rowsOf(
    engine,
    all,
    Uint32Array.from({ length: own }, (_, i) => first + i),
  )
}

/** Undoes the shuffle: row order[i] of the result is row i of x. */
function inOrder(tape: Tape, x: Tensor, order: Uint32Array): Tensor {
  const { engine } = tape
  const inverse = new Uint32Array(order.length)
  order.forEach((row, i) => (inverse[row] = i))
  return tape.record(rowsOf(engine, x, inverse), [x], [], (dy) => [rowsOf(engine, dy, order)])
}

function rowsOf(engine: Engine, x: Tensor, rows: Uint32Array): Tensor {
  const types = [
    attribute.type('Tparams', x.dtype),
    attribute.type('Tindices', DType.int32),
    attribute.type('Taxis', DType.int32),
    attribute.int('batch_dims', 0),
  ]
  return engine.op('GatherV2', [x, engine.passingInts([...rows]), engine.ints([0], [])], types)
}
