import { expect, it } from 'vitest'
import {
  effectiveLearningRate,
  learningRateText,
  type RateConfig,
} from '#shared/config/learning-rate.ts'

const config: RateConfig = { lr: 0.6, lrRule: 'fixed', batch: 16, accumulate: 2 }

it('stays as it is given, or goes by the videos of a step', () => {
  expect(effectiveLearningRate(config)).toBe(0.6)
  expect(effectiveLearningRate({ ...config, lrRule: 'per-64' })).toBeCloseTo(0.3, 12)
  expect(effectiveLearningRate({ ...config, lrRule: 'per-256' })).toBeCloseTo(0.075, 12)
})

it('says how it comes about', () => {
  expect(learningRateText(config)).toBeNull()
  expect(learningRateText({ ...config, lrRule: 'per-64' })).toBe('0.3 = 0.6 x 32 / 64')
})
