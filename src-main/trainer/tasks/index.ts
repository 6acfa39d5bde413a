import type { Protocol } from '#shared/tasks/index.ts'
import type { Runner } from '../evaluation/context.ts'
import { activation } from './activation.ts'
import { background } from './background.ts'
import { finetune } from './finetune.ts'
import { kernels } from './kernels.ts'
import { knn } from './knn.ts'
import { linear } from './linear.ts'
import { map } from './map.ts'
import { retrieval } from './retrieval.ts'
import { tracking } from './tracking.ts'

/** The implementation of every task in `src-shared/tasks`. */
export const runners: Readonly<Record<Protocol, Runner>> = {
  linear,
  knn,
  retrieval,
  finetune,
  background,
  activation,
  kernels,
  map,
  tracking,
}
