import { expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { presetConfig } from '#main/runs/queue/preset-config.ts'
import { isAlike } from '#main/study/measures.ts'

const request = { runId: 2, protocol: 'linear', settings: { clips: 4, seed: 1 } } as const
const done = (settings: Record<string, unknown>) => ({
  ...({ runId: 2, datasetId: 1, protocol: 'linear' } as const),
  settings: completeSettings('linear', settings),
})

const config = presetConfig('small-fame')

it('takes an evaluation of the project for its own only where every setting is alike', () => {
  expect(isAlike(done(request.settings), request, 1, config)).toBe(true)
  for (const other of [{ standardise: 'none' }, { trainClips: 'augmented' }, { seed: 2 }]) {
    expect(isAlike(done({ ...request.settings, ...other }), request, 1, config)).toBe(false)
  }
  expect(isAlike(done(request.settings), request, 2, config)).toBe(false)
})

it('takes an evaluation of random weights only where the encoder had the same shape', () => {
  const random = { ...request, runId: null, preset: 'small-fame' }
  const known = { ...done(request.settings), runId: null }
  expect(isAlike(known, random, 1, config)).toBe(true)
  expect(isAlike(known, random, 1, presetConfig('small-fame', { frames: 16 }))).toBe(false)
  expect(isAlike(known, random, 1, presetConfig('fame-ucf101'))).toBe(false)
})

it.each(['adaptiveFallback', 'cameraBorder', 'cameraPerspective', 'motionNoise'])(
  'does not ask %s where it has no effect',
  (name) => {
    const random = { ...request, runId: null, preset: 'small-fame' }
    const known = { ...done(request.settings), runId: null }
    expect(isAlike(known, random, 1, presetConfig('small-fame', { [name]: false }))).toBe(true)
  },
)
