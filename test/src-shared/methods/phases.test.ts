import { describe, expect, it } from 'vitest'
import { rateInPhase } from '#main/trainer/optimisers/rate-in-phase.ts'
import { learningRate } from '#main/trainer/optimisers/schedule.ts'
import { storedConfig } from '#shared/config/old-settings.ts'
import { completeConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import { changedPreset, presets } from '#shared/config/presets.ts'
import { sweepRuns } from '#shared/config/sweep.ts'
import { METHODS, methodNamed } from '#shared/methods/index.ts'
import { phaseAt, phaseFault, phaseKinds, phasesOf } from '#shared/methods/phases.ts'

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

describe('milestones of the rate', () => {
  it('count from the start of a phase, which may have its own', () => {
    const config = completeConfig({
      ...{ method: 'coclr', lr: 1, schedule: 'step', stepFactor: 0.1, epochs: 1000 },
      ...{ stepAt: '250 280', miningStepAt: '80', aloneShare: 0.6, cycles: 2 },
    })
    // A step an epoch: 300 epochs alone for each stream, then four phases of 100.
    const rates = [0, 249, 250, 280, 299, 300, 549, 550, 600, 679, 680, 699, 700, 780, 999]
    const found = rates.map((step) => Math.round(-Math.log10(rateInPhase(config, step, 1000))))
    expect(found.map(Math.abs)).toEqual([0, 0, 1, 2, 2, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1])
  })

  it('are refused where they are no list of epochs', () => {
    const of = (stepAt: unknown) => completeConfig({ stepAt })
    expect(of('120 160').stepAt).toBe('120 160')
    expect(of(120).stepAt).toBe('120')
    for (const wrong of ['120,160', 'never', '120 ', '-3']) {
      expect(() => of(wrong)).toThrow('expected epochs separated by spaces, such as 120 160.')
    }
  })
})

describe('a phase that ends before its queue is full', () => {
  const config = completeConfig({
    ...{ method: 'coclr', batch: 16, queue: 192, cycles: 1, aloneShare: 0.5, epochs: 4 },
  })

  it('is refused with what helps', () => {
    // 48 steps: 12 in each phase, and the queue takes 12 to fill.
    expect(phaseFault(config, 48)).toBe(
      'The phase “Colours mine in flow, cycle 1” has 12 steps of 16 videos, and its queue of 192 is full only after 12 steps: it would end before it does anything. Set queue to 176 or less, or epochs to 5 or more.',
    )
    expect(phaseFault({ ...config, queue: 176 } as typeof config, 48)).toBeNull()
    expect(phaseFault({ ...config, epochs: 5 }, 60)).toBeNull()
    expect(phaseFault({ ...config, cycles: 0 } as typeof config, 48)).toBeNull()
    expect(phaseFault(plain, 1)).toBeNull()
  })
})

it('gives a method its own defaults of views wherever it is chosen', () => {
  expect(completeConfig({ method: 'be' }).frameMix).toBe(0.3)
  expect(completeConfig({ method: 'be', frameMix: 0 }).frameMix).toBe(0)
  expect(completeConfig({ method: 'moco' }).frameMix).toBe(0)
  expect(settingsOf('be').frameMix.default).toBe(0.3)
  expect(changedPreset(null, { method: 'be' }).frameMix).toBe(0.3)
  for (const { method, values } of presets) {
    if (method === 'be') expect(completeConfig({ ...values }).frameMix).toBe(0.3)
  }
  // A stored run from before there was the setting mixed nothing.
  expect(storedConfig({ method: 'be' }).frameMix).toBe(0)
  const swept = sweepRuns(completeConfig({}), { grid: { method: ['moco', 'be'] } })
  expect(swept).toHaveLength(2)
})

it('counts phases that do the same work once, with their part of the run', () => {
  const kinds = (values: Record<string, unknown>) =>
    phaseKinds(completeConfig({ method: 'coclr', ...values })).map(({ phase, share }) => {
      return [phase.name, Number(share.toFixed(6)), phase.views]
    })
  expect(kinds({ cycles: 3, aloneShare: 0.4 })).toEqual([
    ['rgb-alone', 0.2, [0, 1]],
    ['flow-alone', 0.2, [2, 3]],
    ['rgb-mines', 0.3, [0, 1, 3]],
    ['flow-mines', 0.3, [1, 2, 3]],
  ])
  expect(kinds({ cycles: 0 }).map(([name]) => name)).toEqual(['rgb-alone', 'flow-alone'])
  expect(phaseKinds(plain)).toMatchObject([{ share: 1 }])
})
