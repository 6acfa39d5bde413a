import { describe, expect, it } from 'vitest'
import { endingOf } from '#main/runs/queue/ending.ts'

const calm = { isStopping: false, isPausing: false, isClosing: false, missing: () => null }

describe('the end of a job', () => {
  it.each([
    ['has its result', { type: 'done' } as const, calm, { status: 'done', error: null }],
    [
      'lacks its result',
      { type: 'done' } as const,
      { ...calm, missing: () => 'There is no checkpoint.' },
      { status: 'failed', error: 'There is no checkpoint.' },
    ],
    [
      'was stopped',
      { type: 'stopped' } as const,
      { ...calm, isStopping: true },
      { status: 'stopped' },
    ],
    [
      'was paused while the host closes',
      { type: 'stopped' } as const,
      { ...calm, isStopping: true, isPausing: true, isClosing: true },
      { status: 'paused' },
    ],
    [
      'had to be killed',
      { type: 'killed' } as const,
      { ...calm, isStopping: true },
      { status: 'stopped', error: expect.stringContaining('was killed') },
    ],
    [
      'failed while the host closes',
      { type: 'failed', message: 'Out of memory.' } as const,
      { ...calm, isClosing: true },
      { status: 'failed', error: 'Out of memory.' },
    ],
  ])('that %s', (_, outcome, context, change) => {
    expect(endingOf(outcome, context)).toEqual({ ...change, finishedAt: expect.any(String) })
  })

  it('that the host itself stopped waits again', () => {
    for (const type of ['stopped', 'killed'] as const) {
      expect(endingOf({ type }, { ...calm, isClosing: true })).toEqual({ status: 'queued' })
    }
  })
})
