import { messageOf } from '../../base/message-of.ts'
import type { Outcome } from '../process/trainer-process.ts'
import type { JobChange } from './job-kind.ts'

/** What decides how a job has ended, beside what its trainer says. */
export interface EndingContext {
  /** Somebody has asked for the stop. */
  isStopping: boolean
  /** It was asked to pause and not to stop. */
  isPausing: boolean
  /** The host is closing. */
  isClosing: boolean
  /** Why a trainer that reports `done` has not done its work; null when it has. */
  missing: () => string | null
}

/** How a job's row changes when its trainer has ended: one that the host itself stopped waits again. */
export function endingOf(
  outcome: Outcome,
  { isStopping, isPausing, isClosing, missing }: EndingContext,
): JobChange {
  const isStopped = outcome.type === 'stopped' || outcome.type === 'killed'
  if (isStopped && !isStopping && isClosing) return { status: 'queued' }
  const finishedAt = now()
  const asked = isPausing ? 'paused' : 'stopped'
  if (outcome.type === 'failed') return { status: 'failed', finishedAt, error: outcome.message }
  if (outcome.type === 'killed') {
    const error = 'It did not react to the stop and was killed. Its last checkpoint is kept.'
    return { status: asked, finishedAt, error }
  }
  if (outcome.type === 'stopped') return { status: asked, finishedAt }
  const error = missing()
  return { status: error === null ? 'done' : 'failed', finishedAt, error }
}

/** Says that the end of a job cannot be stored, and what helps. */
export function unwritten(error: unknown): string {
  return (
    `The result cannot be stored (${messageOf(error)}). ` +
    'Free disk space. The workbench tries again every second.'
  )
}

/** As the store keeps times. */
export function now(): string {
  return new Date().toISOString()
}
