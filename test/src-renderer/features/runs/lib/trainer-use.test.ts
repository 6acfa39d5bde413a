import { describe, expect, it } from 'vitest'
import {
  jobNote,
  waitingFor,
} from '../../../../../src-renderer/src/features/runs/lib/trainer-use.ts'

describe('what a job says of itself', () => {
  const progress = {
    phase: 'Pretraining',
    done: 3,
    total: 9,
    rate: 0.1,
    unit: 'steps',
    secondsLeft: 60,
  }

  it('is its phase, its speed and the time left', () => {
    expect(jobNote({ status: 'running' }, progress, '')).toBe(
      'Pretraining · 10 s/step · 1 min 00 s left',
    )
    const unknown = { ...progress, rate: 0, secondsLeft: null }
    expect(jobNote({ status: 'running' }, unknown, '')).toBe('Pretraining')
    expect(jobNote({ status: 'running' }, null, '')).toBe('Starting the trainer')
  })

  it('is what has the trainer while it waits', () => {
    const queued = { name: 'B', status: 'queued' as const }
    const running = { name: 'A', status: 'running' as const }
    const evaluating = { runName: 'C', status: 'running' as const }
    expect(waitingFor([queued, running], [])).toBe('Waiting: the trainer is busy with run A')
    expect(waitingFor([queued], [evaluating])).toBe('Waiting: the trainer is busy evaluating C')
    const nobody = waitingFor([queued], [{ ...evaluating, status: 'done' }])
    expect(jobNote(queued, null, nobody)).toBe('Waiting for the trainer')
  })
})
