import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Progress, Run } from '#shared/contract/runs.ts'
import { formatRate } from '../../../lib/format.ts'
import { timeLeft } from '../../../lib/phase-rows.ts'

type Job = Pick<Run, 'name' | 'status'>
type Test = Pick<Evaluation, 'runName' | 'status'>

const isOn = ({ status }: { status: Run['status'] }) =>
  status === 'running' || status === 'stopping'

/** What a job waits for while another one has the trainer. */
export function waitingFor(runs: readonly Job[], evaluations: readonly Test[]): string {
  const run = runs.find(isOn)
  if (run) return `Waiting: the trainer is busy with run ${run.name}`
  const evaluation = evaluations.find(isOn)
  if (evaluation) return `Waiting: the trainer is busy evaluating ${evaluation.runName}`
  return 'Waiting for the trainer'
}

/** A job in a few words: its phase, its speed and the time left; what it waits for before it starts. */
export function jobNote(
  { status }: { status: Run['status'] },
  progress: Progress | null,
  waiting: string,
): string {
  if (status === 'queued') return waiting
  if (status === 'stopping') return 'Stopping: writing a checkpoint'
  if (!progress) return 'Starting the trainer'
  const { phase, rate, unit, plan } = progress
  const place = plan && plan.phases.length > 1 ? ` (${plan.at + 1} of ${plan.phases.length})` : ''
  return [phase + place, formatRate(rate, unit), timeLeft(progress)].filter(Boolean).join(' · ')
}
