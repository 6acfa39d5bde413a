import type { Run, RunStatus } from '#shared/contract/runs.ts'
import { formatCount, formatDuration } from './format.ts'
import { isLive } from './status.ts'

/** What is worth telling of a run that has ended by itself. */
export interface RunNotice {
  runId: number
  isFailure: boolean
  title: string
  text: string
}

/**
 * Runs of this project that were under way, waited or were not there yet when last looked at, and are
 * done or have failed now. What somebody stopped or paused is no news.
 * @param before status of each run when last looked at; null for the first look
 */
export function endedRuns(
  before: ReadonlyMap<number, RunStatus> | null,
  runs: readonly Run[],
): Run[] {
  if (!before) return []
  return runs.filter(({ id, status, imported }) => {
    const known = before.get(id)
    const wasLive = known === undefined ? imported === null : isLive({ status: known })
    return wasLive && (status === 'done' || status === 'failed')
  })
}

export function noticeOf(run: Run): RunNotice {
  const { id, name, status, step, error } = run
  if (status === 'failed') {
    const text = error?.split('\n')[0] ?? 'See its log for details.'
    return { runId: id, isFailure: true, title: `${name} failed`, text }
  }
  const steps = `${formatCount(step)} steps`
  return { runId: id, isFailure: false, title: `${name} is done`, text: `${steps}${tookOf(run)}` }
}

function tookOf({ startedAt, finishedAt }: Run): string {
  if (!startedAt || !finishedAt) return ''
  return ` in ${formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`
}
