import { expect, it } from 'vitest'
import { defaultConfig } from '#shared/config/pretrain-config.ts'
import { plannedSteps } from '#shared/config/steps.ts'

it.each([
  // Seven whole batches an epoch and a rest of three.
  ['the last batch dropped', {}, 21],
  ['the last batch filled up', { dropLast: false }, 24],
  ['batches gathered by twos, the odd one dropped', { accumulate: 2 }, 10],
  ['more gathered than there are', { accumulate: 100 }, 1],
])('a run has as many steps as its batches make: %s', (_, values, steps) => {
  const config = { ...defaultConfig(), epochs: 3, batch: 4, ...values }
  expect(plannedSteps(config, 31)).toBe(steps)
})
