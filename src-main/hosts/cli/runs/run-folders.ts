import { interruption } from '../jobs.ts'
import { progressView } from '../progress.ts'

type Progress = { type: 'progress'; done: number; total: number }

/**
 * Shows how a run's folder is written or read; returns how it ended. SIGINT ends it early.
 * @param signal for a caller that follows several, one after another
 * @throws Error when it is interrupted
 */
export async function followFolder<Done extends { type: 'done' }>(
  phase: string,
  start: (signal: AbortSignal) => AsyncIterable<Progress | Done>,
  signal = interruption(),
): Promise<Done> {
  const view = progressView()
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6)
  try {
    for await (const event of start(signal)) {
      if (event.type === 'done') return event
      const [done, total] = [megabytes(event.done), megabytes(event.total)]
      view.update({ phase, done, total, rate: 0, secondsLeft: null, unit: 'MB', note: 'MB' })
    }
  } finally {
    view.end()
  }
  throw new Error('Interrupted. Nothing was changed.')
}
