import { tasks } from '#shared/tasks/index.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run, RunStatus } from '#shared/contract/runs.ts'
import { formatCount, formatDuration } from '../../lib/format.ts'
import { listedScore } from '../../features/evaluate/lib/listed-score.ts'
import { isLive } from '../../lib/status.ts'

/** What is worth telling of a run or an evaluation that has ended by itself. */
export interface EndNotice {
  id: number
  isFailure: boolean
  title: string
  text: string
}
/** Status of each when last looked at; null for the first look. */
export type Statuses = ReadonlyMap<number, RunStatus> | null

/**
 * Runs of this project that were running, waited or were not there yet when last looked at, and are
 * done or have failed now. What somebody stopped or paused is no news.
 */
export function endedRuns(before: Statuses, runs: readonly Run[]): Run[] {
  if (!before) return []
  return runs.filter((run) => {
    const isNew = !before.has(run.id) && run.imported === null
    return hasEnded(run) && (isNew || wasLive(before, run))
  })
}

/** As `endedRuns`, but for those that were not there yet: they may have come with an imported run. */
export function endedEvaluations(before: Statuses, all: readonly Evaluation[]): Evaluation[] {
  return before ? all.filter((one) => hasEnded(one) && wasLive(before, one)) : []
}

function hasEnded({ status }: { status: RunStatus }): boolean {
  return status === 'done' || status === 'failed'
}

function wasLive(before: ReadonlyMap<number, RunStatus>, { id }: { id: number }): boolean {
  const known = before.get(id)
  return known !== undefined && isLive({ status: known })
}

export function noticeOfRun(run: Run): EndNotice {
  const { id, name, step, startedAt, finishedAt } = run
  if (run.status === 'failed') return failure(id, name, run.error)
  const took =
    startedAt && finishedAt
      ? ` in ${formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`
      : ''
  return {
    id,
    isFailure: false,
    title: `${name} is done`,
    text: `${formatCount(step)} steps${took}`,
  }
}

export function noticeOfEvaluation(evaluation: Evaluation): EndNotice {
  const { id, protocol, runName, result } = evaluation
  const name = `${tasks[protocol].label} of ${runName}`
  if (evaluation.status === 'failed') return failure(id, name, evaluation.error)
  const score = listedScore(protocol, result?.scores)?.text
  const took = result ? `took ${formatDuration(result.seconds)}` : null
  const text = [score, took].filter(Boolean).join(', ')
  return { id, isFailure: false, title: `${name} is done`, text }
}

function failure(id: number, name: string, error: string | null): EndNotice {
  const text = error?.split('\n')[0] ?? 'See its log for details.'
  return { id, isFailure: true, title: `${name} failed`, text }
}
