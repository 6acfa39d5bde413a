import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { clock, table } from '#main/hosts/cli/output.ts'
import { progressView, type ProgressState } from '#main/hosts/cli/progress.ts'

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [9.6, '0:10'],
    [75, '1:15'],
    [3675, '1:01:15'],
    [-3, '0:00'],
  ])('says %d s as %s', (seconds, said) => expect(clock(seconds)).toBe(said))
})

describe('table', () => {
  it('sets numbers to the right, text to the left, and says what there is not', () => {
    const rows = [
      ['a.avi', 9, null],
      ['long.avi', 120, 'broken'],
    ]
    expect(table(['path', 'frames', 'error'], rows).split('\n')).toEqual([
      'path      frames  error',
      'a.avi          9  -',
      'long.avi     120  broken',
    ])
  })
})

describe('progress away from a terminal', () => {
  let lines: string[]
  const state = (done: number, phase = 'Indexing'): ProgressState => {
    return { phase, done, total: 100, rate: 12.3, unit: 'videos', secondsLeft: 7, note: '' }
  }
  beforeEach(() => {
    lines = []
    vi.useFakeTimers({ toFake: ['performance'] })
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('is a line now and then, and always the first and the last of a phase', () => {
    const view = progressView(false)
    for (let done = 1; done <= 50; done++) {
      view.update(state(done))
      vi.advanceTimersByTime(200)
    }
    view.update(state(1, 'Training'))
    view.end()
    expect(lines).toEqual([
      'Indexing 1/100 12 videos/s, 0:07 left\n',
      'Indexing 26/100 12 videos/s, 0:07 left\n',
      'Indexing 50/100 12 videos/s, 0:07 left\n',
      'Training 1/100 12 videos/s, 0:07 left\n',
    ])
  })

  it('says nothing of a rate or time that is not known', () => {
    const view = progressView(false)
    view.update({ ...state(0), rate: 0, secondsLeft: null })
    view.update({ ...state(1), rate: 0.5, secondsLeft: null, note: 'loss 1.2' })
    view.end()
    expect(lines).toEqual(['Indexing 0/100\n', 'Indexing 1/100 0.50 videos/s, loss 1.2\n'])
  })
})
