import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { jigsawGrid, jigsawSettings } from '#shared/methods/jigsaw.ts'
import { deriveSeed } from '#shared/random/rng.ts'
import type { MethodImplementation } from './learner.ts'
import { distantOrders } from './pieces/orders.ts'
import { PieceOrder, pieceOrderSize } from './pieces/piece-order.ts'

/** Tells the draw of the orders from others. */
const ORDERS = 0x6a696773

function taskOf(config: PretrainConfig) {
  const own = ownSettings(config, jigsawSettings)
  return { own, task: { grid: jigsawGrid(own), classes: own.permutations } }
}

/** Video jigsaw (Ahsan et al., WACV 2019): orders of pieces that differ much from each other. */
export const jigsawMethod: MethodImplementation = {
  create(engine, config) {
    const { own, task } = taskOf(config)
    const seed = deriveSeed(config.seed, ORDERS)
    return new PieceOrder(engine, own, task, distantOrders(task.grid, task.classes, seed))
  },
  size(config) {
    const { own, task } = taskOf(config)
    return pieceOrderSize(own, task)
  },
}
