import { describe, expect, it } from 'vitest'
import type { Progress } from '#shared/contract/runs.ts'
import { phaseRows, timeLeft, wholeProgress } from '../../../src-renderer/src/lib/phase-rows.ts'
import { jobNote } from '../../../src-renderer/src/features/runs/lib/trainer-use.ts'

const single: Progress = {
  phase: 'Probe',
  done: 100,
  total: 100,
  rate: 34.4,
  unit: 'epochs',
  secondsLeft: 0,
}
const planned: Progress = {
  ...single,
  plan: {
    phases: [
      { name: 'Features', seconds: 90 },
      { name: 'Probe', seconds: null },
      { name: 'Scoring', seconds: null },
    ],
    at: 1,
    share: 0.4,
    secondsLeft: 240,
  },
}

describe('the phases of a job', () => {
  it('are done, under way or still to come', () => {
    expect(phaseRows(planned)).toEqual([
      { name: 'Features', state: 'done', share: 1, note: 'took 1 min 30 s' },
      { name: 'Probe', state: 'now', share: 1, note: '100 of 100 · 34.4 epochs/s · 0 s left' },
      { name: 'Scoring', state: 'later', share: 0, note: 'not started' },
    ])
    expect(phaseRows(single)).toHaveLength(1)
  })

  it('leave time for what follows, in the status bar too', () => {
    expect(timeLeft(planned)).toBe('4 min 00 s left in total')
    expect(wholeProgress(planned)).toEqual({ done: 0.4, total: 1 })
    expect(wholeProgress(null)).toEqual({ done: 0, total: 0 })
    expect(jobNote({ status: 'running' }, planned, '')).toBe(
      'Probe (2 of 3) · 34.4 epochs/s · 4 min 00 s left in total',
    )
  })
})
