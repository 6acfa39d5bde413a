import type { JobEvent } from '#shared/contract/videos.ts'
import { progressView } from './progress.ts'

/** Shows a job's progress on standard error; returns how it ended. */
export async function followJob(
  events: AsyncIterable<JobEvent>,
): Promise<Extract<JobEvent, { type: 'done' }>> {
  const view = progressView()
  try {
    for await (const event of events) {
      if (event.type === 'done') return event
      if (event.type === 'warning') view.remark(event.message)
      else view.update({ ...event, unit: 'videos', note: errorNote(event.errors) })
    }
  } finally {
    view.end()
  }
  throw new Error('The job ended without a result. Start it again.')
}

function errorNote(errors: number): string {
  return errors === 0 ? '' : `${errors} damaged`
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1))
      controller.abort(new Error('Interrupted.'))
    })
  }
  return controller.signal
}
