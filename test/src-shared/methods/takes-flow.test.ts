import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { pretrainingDifferences } from '#shared/config/reference-differences.ts'
import { takesFlow } from '#shared/methods/takes-flow.ts'

it('is true of runs on flow, and of methods that take flow beside colours', () => {
  expect(takesFlow(completeConfig({}))).toBe(false)
  expect(takesFlow(completeConfig({ modality: 'flow', merge: 'none' }))).toBe(true)
  expect(takesFlow(completeConfig({ method: 'coclr' }))).toBe(true)
  expect(takesFlow({ modality: 'rgb', method: null })).toBe(false)
})

it('tells such runs how their flow differs from the reference', () => {
  const ids = (method: string): string[] =>
    pretrainingDifferences(completeConfig({ method, merge: 'none' })).map(({ id }) => id)
  expect(ids('moco').filter((id) => id.startsWith('flow'))).toEqual([])
  expect(ids('coclr').filter((id) => id.startsWith('flow')).length).toBeGreaterThan(1)
})
