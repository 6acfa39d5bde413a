import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { presetNamed } from '#shared/config/presets.ts'
import { storedConfig } from '#shared/config/old-settings.ts'

const { config: before } = JSON.parse(
  readFileSync(new URL('../../fixtures/run-config-before-methods.json', import.meta.url), 'utf8'),
) as { config: Record<string, unknown> }

it('reads a run that was stored before there were methods as one of today', () => {
  const today = completeConfig(presetNamed('small-fame').values)
  // A chosen ratio never gave way to the given one then, the camera's motion was the whole frame's, and
  // the mask motion did not know the noise of codecs.
  const older = {
    adaptiveFallback: false,
    cameraBorder: false,
    cameraPerspective: false,
    motionNoise: false,
  }
  expect(storedConfig(before)).toEqual({ ...today, ...older })
  expect(completeConfig(before)).toEqual(today)
})

it('gives settings that came later the values that they had by default', () => {
  const later = ['accumulate', 'shuffleBN', 'optimiser']
  const oldest = Object.fromEntries(
    Object.entries(before).filter(([name]) => !later.includes(name)),
  )
  expect(storedConfig(oldest)).toMatchObject({ accumulate: 1, shuffleBN: false, optimiser: 'sgd' })
})
