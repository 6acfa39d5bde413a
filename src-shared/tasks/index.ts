import { activation } from './activation.ts'
import { background } from './background.ts'
import { finetune } from './finetune.ts'
import { kernels } from './kernels.ts'
import { knn } from './knn.ts'
import { linear } from './linear.ts'
import { map } from './map.ts'
import { retrieval } from './retrieval.ts'
import type { Task } from './task.ts'
import { tracking } from './tracking.ts'

const all = {
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

/** The name of a task, as evaluations store it and the command line takes it. */
export type Protocol = keyof typeof all

/** The tabs that some task shows. */
export type TabName = (typeof all)[Protocol]['tabs'][number]

/** The tables of settings of all tasks. */
export type TaskTables = (typeof all)[Protocol]['settings']

/** Every way to evaluate an encoder, in the order of forms and tables. */
export const tasks: Readonly<Record<Protocol, Task<Task['settings'], TabName>>> = all

export const PROTOCOLS = Object.keys(all) as [Protocol, ...Protocol[]]

/** What a form proposes first. */
export const DEFAULT_PROTOCOL = PROTOCOLS[0]
