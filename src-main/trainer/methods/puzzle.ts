import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { permutationsOf } from '#shared/methods/permutations.ts'
import { puzzleGrid, puzzleSettings } from '#shared/methods/puzzle.ts'
import type { MethodImplementation } from './learner.ts'
import { PieceOrder, pieceOrderSize } from './pieces/piece-order.ts'

const ORDERS = permutationsOf(4)

function taskOf(config: PretrainConfig) {
  const own = ownSettings(config, puzzleSettings)
  return { own, task: { grid: puzzleGrid(own), classes: ORDERS.length } }
}

/** Space-time cubic puzzles (Kim et al., AAAI 2019): all orders of four pieces. */
export const puzzleMethod: MethodImplementation = {
  create(engine, config) {
    const { own, task } = taskOf(config)
    return new PieceOrder(engine, own, task, ORDERS)
  },
  size(config) {
    const { own, task } = taskOf(config)
    return pieceOrderSize(own, task)
  },
}
