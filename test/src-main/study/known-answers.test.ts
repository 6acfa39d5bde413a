import { expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { isAnswer } from '#main/study/shortcut.ts'

const request = { runId: 2, protocol: 'linear', settings: { clips: 4, seed: 1 } } as const
const done = (settings: Record<string, unknown>) => ({
  ...({ status: 'done', runId: 2, datasetId: 1, protocol: 'linear' } as const),
  settings: completeSettings('linear', settings),
})

it('takes an evaluation of the project for its own only where every setting is alike', () => {
  expect(isAnswer(done(request.settings), request, 1)).toBe(true)
  for (const other of [{ standardise: 'none' }, { trainClips: 'augmented' }, { seed: 2 }]) {
    expect(isAnswer(done({ ...request.settings, ...other }), request, 1)).toBe(false)
  }
  expect(isAnswer(done(request.settings), request, 2)).toBe(false)
})
