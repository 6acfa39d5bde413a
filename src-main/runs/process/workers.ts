import { entryPath } from '../../base/processes/entry-path.ts'

/** How a pretraining is started, which is none of its settings: it may go on with others. */
export interface Workers {
  /** Processes that train together, two or more. */
  workers: number
  /** How often they start again from the last checkpoint when some of them are lost. */
  restarts: number
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
