import { expect, it } from 'vitest'
import {
  effectiveLearningRate,
  learningRateText,
  type RateConfig,
} from '#shared/config/learning-rate.ts'

const config: RateConfig = { lr: 0.6, lrRule: 'fixed', batch: 16, accumulate: 2, repeats: 1 }

it('stays as it is given, or goes by the videos of a step', () => {
  expect(effectiveLearningRate(config)).toBe(0.6)
  expect(effectiveLearningRate({ ...config, lrRule: 'per-64' })).toBeCloseTo(0.3, 12)
  expect(effectiveLearningRate({ ...config, lrRule: 'per-256' })).toBeCloseTo(0.075, 12)
})

it('says how it comes about', () => {
  expect(learningRateText(config)).toBeNull()
  expect(learningRateText({ ...config, lrRule: 'per-64' })).toBe('0.3 = 0.6 x 32 / 64')
})

it('counts a video once, however many places of the batch it takes', () => {
  const repeated: RateConfig = { ...config, lrRule: 'per-64', repeats: 4 }
  expect(effectiveLearningRate(repeated)).toBeCloseTo(0.075, 12)
  expect(effectiveLearningRate({ ...repeated, lrRule: 'fixed' })).toBe(0.6)
  expect(learningRateText(repeated)).toBe('0.075 = 0.6 x 8 / 64')
})
