import type { JobEvent } from '#shared/contract/videos.ts'
import { rankOf } from '../../trainer/collective/rank.ts'
import { progressView } from './progress.ts'

/**
 * Shows a job's progress on standard error; returns how it ended. SIGINT ends it early.
 * @throws Error when it is interrupted.
 */
export async function followJob(
  start: (signal: AbortSignal) => AsyncIterable<JobEvent>,
): Promise<Extract<JobEvent, { type: 'done' }>> {
  const view = progressView()
  const signal = interruption()
  try {
    for await (const event of start(signal)) {
      if (event.type === 'done') return event
      if (event.type === 'warning' || event.type === 'note') view.remark(event.message)
      else view.update({ ...event, unit: 'videos', note: errorNote(event.errors) })
    }
  } finally {
    view.end()
  }
  throw new Error('Interrupted. Finished work is saved; the same command continues from there.')
}

function errorNote(errors: number): string {
  return errors === 0 ? '' : `${errors} damaged`
}

/**
 * Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. Under mpirun, which
 * passes on neither before it kills, SIGUSR2 does the same.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', ...(rankOf() ? ['SIGUSR2'] : [])] as const
  for (const signal of signals) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1))
      controller.abort(new Error('Interrupted.'))
    })
  }
  return controller.signal
}
