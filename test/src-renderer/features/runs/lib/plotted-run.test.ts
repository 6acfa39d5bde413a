import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Run } from '#shared/contract/runs.ts'
import { METHODS, methodNamed } from '#shared/methods/index.ts'
import {
  plottedRun,
  settled,
} from '../../../../../src-renderer/src/features/runs/lib/plotted-run.ts'

const runOf = (method: string, totalSteps: number): Run => {
  const config = completeConfig({ method })
  return { id: 1, name: 'run', status: 'done', totalSteps, config } as Run
}

describe('plottedRun', () => {
  it('has no phases where a run has one alone, or no steps', () => {
    expect(plottedRun(runOf('moco', 100)).phases).toEqual([])
    for (const method of METHODS) expect(plottedRun(runOf(method, 0)).phases).toEqual([])
  })

  it('has the first step and the name of each phase', () => {
    const phased = METHODS.filter((method) => methodNamed(method).phases !== undefined)
    expect(phased.length).toBeGreaterThan(0)
    for (const method of phased) {
      const { phases } = plottedRun(runOf(method, 1000))
      expect(phases.length).toBeGreaterThan(1)
      expect(phases[0].from).toBe(0)
      expect(phases.every(({ label }) => label !== '')).toBe(true)
      const starts = phases.map(({ from }) => from)
      expect(starts).toEqual(starts.toSorted((a, b) => a - b))
    }
  })

  it('is the same object where nothing that matters to charts has changed', () => {
    const before = [plottedRun(runOf('moco', 100))]
    expect(settled(before, [plottedRun(runOf('moco', 100))])).toBe(before)
    expect(settled(before, [plottedRun(runOf('moco', 101))])).not.toBe(before)
  })
})
