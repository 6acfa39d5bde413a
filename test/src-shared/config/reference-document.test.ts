import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { referenceDocument } from '#shared/config/reference-document.ts'
import {
  pretrainingDifferences,
  referenceDifferences,
} from '#shared/config/reference-differences.ts'

const page = fileURLToPath(new URL('../../../docs/reference-differences.md', import.meta.url))

it('is the page in docs', async () => {
  await expect(referenceDocument()).toMatchFileSnapshot(page)
})

describe('the differences from the reference', () => {
  it('have names of their own', () => {
    const ids = referenceDifferences.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('of pretraining each concern some settings', () => {
    const paper = { accumulate: 4, batch: 16, shuffleBN: false }
    const views = { interval: 'decreasing', colourOrder: 'jitter-first', frameMix: 0.3 }
    const flow = { modality: 'flow', merge: 'none' }
    const seen = [paper, views, flow].flatMap((values) => {
      return pretrainingDifferences(completeConfig(values)).map(({ id }) => id)
    })
    const expected = referenceDifferences.filter(({ appliesTo }) => appliesTo !== null)
    expect(new Set(seen)).toEqual(new Set(expected.map(({ id }) => id)))
  })

  it('leave out what the settings do not use', () => {
    const off = { shuffleBN: true, accumulate: 1, schedule: 'constant', blur: 0, jitter: 0 }
    const rest = pretrainingDifferences(completeConfig({ ...off, merge: 'none' }))
    expect(rest.map(({ id }) => id)).toEqual(['clip-starts'])
  })

  it('are never nothing for a preset', () => {
    for (const { name, values } of presets) {
      expect(pretrainingDifferences(completeConfig(values)), name).not.toEqual([])
    }
  })
})
