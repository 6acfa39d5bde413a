import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import {
  countFrameOrders,
  frameOrderGrid,
  frameOrderSettings,
} from '#shared/methods/frame-order.ts'
import type { MethodImplementation } from './learner.ts'
import { ordersWithoutReverse } from './pieces/orders.ts'
import {
  PieceOrder,
  pieceOrderSize,
  type PieceConfig,
  type PieceTask,
} from './pieces/piece-order.ts'

function taskOf(config: PretrainConfig): { own: PieceConfig; task: PieceTask } {
  const own = ownSettings(config, frameOrderSettings)
  const task = {
    grid: frameOrderGrid(own),
    classes: countFrameOrders(own),
    isMirrored: true,
    isPairwise: true,
    isByMotion: own.frameChoice === 'motion',
  }
  return { own: { ...own, pieceGap: 0 }, task }
}

/**
 * OPN (Lee et al., ICCV 2017): the orders of single frames, of which each stands for its reverse too, by
 * the features of each pair of frames.
 */
export const frameOrderMethod: MethodImplementation = {
  create(engine, config) {
    const { own, task } = taskOf(config)
    return new PieceOrder(engine, own, task, ordersWithoutReverse(task.grid.times))
  },
  size(config) {
    const { own, task } = taskOf(config)
    return pieceOrderSize(own, task)
  },
}
