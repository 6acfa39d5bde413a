import { expect, it } from 'vitest'
import { ShownProgress } from '#main/hosts/cli/following.ts'
import type { ProgressState } from '#main/hosts/cli/progress.ts'

const progress = (done: number, phase = 'Comparing the test videos') => ({
  type: 'progress' as const,
  progress: { phase, done, total: 2, rate: 1, unit: 'videos', secondsLeft: 0 },
})
const partial = (done: number, score: number) => ({
  type: 'partial' as const,
  partial: { done, total: 2, scores: { 'R@1': score }, intervals: {}, confusion: [] },
})

function lastLine(events: Parameters<ShownProgress['take']>[0][]): ProgressState | undefined {
  const lines: ProgressState[] = []
  const view = {
    update: (state: ProgressState) => void lines.push(state),
    remark: () => undefined,
    end: () => undefined,
  }
  const shown = new ShownProgress(view)
  for (const event of events) shown.take(event)
  return lines.at(-1)
}

it('ends with the score of the last video, whichever comes first, count or score', () => {
  const first = [progress(1), partial(1, 1)]
  for (const last of [
    [progress(2), partial(2, 0.5)],
    [partial(2, 0.5), progress(2)],
  ]) {
    expect(lastLine([...first, ...last])).toMatchObject({ done: 2, note: 'R@1 0.500' })
  }
})

it('shows the score with the first count of its phase, and no loss of the phase before', () => {
  const events = [
    progress(2, 'Fine-tuning'),
    { type: 'metrics' as const, points: [{ step: 2, name: 'loss', value: 3 }] },
    progress(2, 'Fine-tuning'),
    partial(1, 1),
    progress(1),
  ]
  expect(lastLine(events.slice(0, 3))).toMatchObject({ note: 'loss 3.000' })
  expect(lastLine(events)).toMatchObject({ done: 1, note: 'R@1 1.000' })
})

it('sets no score beside the count of another phase', () => {
  const training = progress(3, 'Training the linear probe')
  const epochs = { ...training, progress: { ...training.progress, total: 3 } }
  expect(lastLine([epochs, partial(1, 1)])).toMatchObject({ done: 3, note: '' })
})
