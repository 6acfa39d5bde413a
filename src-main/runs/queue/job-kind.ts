import type { MeasuredDetail, MeasuredResult } from '#shared/contract/evaluations.ts'
import type { MaskUse, RunStatus } from '#shared/contract/runs.ts'
import type { MetricTable } from '../../store/metrics.ts'
import type { TrainerJob } from '../../trainer/process/messages.ts'

export interface Job {
  id: number
  status: RunStatus
  startedAt?: string | null
  /** Where it stands in the queue: the least goes first. */
  place: number
}

/** What a job's row may change to while it goes through the queue. */
export interface JobChange {
  status?: RunStatus
  startedAt?: string | null
  finishedAt?: string | null
  device?: string | null
  error?: string | null
  result?: MeasuredResult | null
  detail?: MeasuredDetail | null
  maskUse?: MaskUse | null
}

/** What sets one kind of job apart from another. */
export interface JobKind<Item extends Job> {
  get(id: number): Item
  withStatus(status: RunStatus): Item[]
  change(id: number, change: JobChange): Item
  /** Shows a change that could not be stored until the next `change` stores it. */
  keep(id: number, change: JobChange): void
  /** Whether something is shown that is not stored. */
  isUnwritten(id: number): boolean
  metrics: MetricTable
  /** Remembers pauses over the host's end; left out, they are forgotten with it. */
  pauses?: Pauses
  /** Absolute path of the job's log. */
  log(id: number): string
  /** What the trainer is to do. @throws WorkbenchError when it cannot be done. */
  prepare(id: number): Promise<TrainerJob>
  /** Stores what a trainer measured before its checkpoint and a killed host did not store. */
  takeMissedSteps(id: number): Promise<unknown>
  /** Called after a job has ended and its row says so. */
  ended(id: number): void
  /** Says why a trainer that reports `done` has not done its work; null when it has. */
  missing(id: number): string | null
}

export interface Pauses {
  add(id: number): unknown
  delete(id: number): unknown
  has(id: number): boolean
}
