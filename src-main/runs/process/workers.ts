import { shareFault } from '#shared/config/shares.ts'
import { entryPath } from '../../base/processes/entry-path.ts'
import type { TrainerJob } from '../../trainer/process/messages.ts'

/** How a pretraining is started, which is none of its settings: it may go on with others. */
export interface Workers {
  /** Processes that train together, two or more. */
  workers: number
  /** How often they start again from the last checkpoint when some of them are lost. */
  restarts: number
  /** Whether a run whose batches they cannot share trains in one process instead of failing. */
  mayTrainAlone?: boolean
}

/**
 * The processes of a job, and what a person should know of them.
 * @param asked for all pretrainings of a host; undefined for one process
 */
export function workersFor(
  job: TrainerJob,
  asked: Workers | undefined,
): { workers: Workers | null; notice: string | null } {
  if (!asked || job.kind !== 'pretrain') return { workers: null, notice: null }
  const fault = asked.mayTrainAlone ? shareFault(job.config, asked.workers) : null
  if (fault === null) return { workers: asked, notice: null }
  return { workers: null, notice: `The run trains in one process. ${fault}` }
}

/** The program that the host starts. @param entry the trainer's, absolute */
export function startOf(
  entry: string,
  workers: Workers | null,
): { program: string; args: string[] } {
  if (workers === null) return { program: entry, args: [] }
  return {
    program: entryPath('starter'),
    args: [entry, String(workers.workers), String(workers.restarts)],
  }
}
