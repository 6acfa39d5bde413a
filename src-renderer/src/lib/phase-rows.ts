import type { Progress } from '#shared/contract/runs.ts'
import { formatCount, formatDuration, formatPercent, formatRate } from './format.ts'

/** One part of a running job. */
export interface PhaseRow {
  name: string
  state: 'done' | 'now' | 'later'
  /** In [0, 1]. */
  share: number
  /** How far it is, or how long it took. */
  note: string
}

/** The parts of a job in their order; the current one alone where no plan is known. */
export function phaseRows(progress: Progress): PhaseRow[] {
  const { plan, phase } = progress
  const current: PhaseRow = {
    name: phase,
    state: 'now',
    share: progress.total > 0 ? progress.done / progress.total : 0,
    note: currentNote(progress),
  }
  if (!plan) return [current]
  return plan.phases.map(({ name, seconds }, i) => {
    if (i === plan.at) return current
    if (i > plan.at) return { name, state: 'later', share: 0, note: 'not started' }
    const note = seconds === null ? 'done' : `took ${formatDuration(seconds)}`
    return { name, state: 'done', share: 1, note }
  })
}

function currentNote({ done, total, rate, unit, secondsLeft }: Progress): string {
  // A part that counts to 1 has no units to speak of.
  if (total <= 1) return formatPercent(done, 0)
  const count = `${formatCount(done)} of ${formatCount(total)}`
  const left = secondsLeft === null ? '' : `${formatDuration(secondsLeft)} left`
  return [count, formatRate(rate, unit), left].filter(Boolean).join(' · ')
}

/** How far the whole job is, for one bar. */
export function wholeProgress(progress: Progress | null): { done: number; total: number } {
  if (!progress) return { done: 0, total: 0 }
  return progress.plan ? { done: progress.plan.share, total: 1 } : progress
}

/** Time left of the whole job in words; '' where it is not known. */
export function timeLeft({ plan, secondsLeft }: Progress): string {
  const seconds = plan ? plan.secondsLeft : secondsLeft
  if (seconds === null) return ''
  const isAll = (plan?.phases.length ?? 1) > 1
  return `${formatDuration(seconds)} left${isAll ? ' in total' : ''}`
}
