import { describe, expect, it } from 'vitest'
import { rateInPhase } from '#main/trainer/optimisers/rate-in-phase.ts'
import { learningRate } from '#main/trainer/optimisers/schedule.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS, methodNamed } from '#shared/methods/index.ts'
import { phaseAt, phasesOf } from '#shared/methods/phases.ts'

const plain = completeConfig({ lr: 0.4, epochs: 30, warmup: 2 })
const phased = METHODS.filter((name) => methodNamed(name).phases !== undefined)

describe('a method without phases', () => {
  it('has one, and the schedule of the whole run to the bit', () => {
    expect(phasesOf(plain, 90)).toMatchObject([{ from: 0, steps: 90 }])
    for (const step of [0, 3, 40, 89]) {
      expect(rateInPhase(plain, step, 90)).toBe(learningRate(plain, step, 90))
    }
  })
})

describe.each(phased)('the phases of %s', (method) => {
  const config = completeConfig({ method, lr: 0.4, schedule: 'cosine', cycles: 2 })

  it.each([6, 7, 100, 1001])('cover %d steps one after another', (steps) => {
    const places = phasesOf(config, steps)
    let next = 0
    for (const { from, steps: own } of places) {
      expect(from).toBe(next)
      next += own
    }
    expect(next).toBe(steps)
    for (let step = 0; step < steps; step++) {
      const { from, steps: own } = phaseAt(config, step, steps)
      expect(step).toBeGreaterThanOrEqual(from)
      expect(step).toBeLessThan(from + own)
    }
  })

  it('each begin at the full rate and end near zero', () => {
    for (const { from, steps } of phasesOf(config, 600)) {
      expect(rateInPhase(config, from, 600)).toBeCloseTo(0.4, 9)
      expect(rateInPhase(config, from + steps - 1, 600)).toBeLessThan(0.01)
    }
  })
})
