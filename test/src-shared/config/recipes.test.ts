import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { DatasetFormat } from '#shared/contract/indexing.ts'
import {
  fittingRecipe,
  fittingSize,
  presetNamed,
  presetOf,
  presets,
  sizeMeaning,
} from '#shared/config/presets.ts'
import {
  differencesFromPaper,
  paperDifferences,
  recipeNames,
  recipeSizes,
} from '#shared/config/recipes.ts'
import { DEFAULT_METHOD, METHODS, methodNamed } from '#shared/methods/index.ts'

describe('recipes', () => {
  it('have a preset of their own for each method, with merging and without, and size', () => {
    const count = recipeNames.length * METHODS.length * 2 * recipeSizes.length
    expect(new Set(presets.map(({ name }) => name)).size).toBe(count)
    expect(new Set(presets.map(({ label }) => label)).size).toBe(count)
    for (const { name, recipe, method, merge, size } of presets) {
      expect(presetOf({ recipe, method, merge, size }).name).toBe(name)
      expect(presetNamed(name)).toEqual(presetOf({ recipe, method, merge, size }))
    }
  })

  const ofFame = presets.filter(({ method }) => method === DEFAULT_METHOD)
  it.each(ofFame.filter(({ recipe, method }) => methodNamed(method).paper(recipe) !== null))(
    '$name takes the paper’s 64 videos a step and its queue',
    ({ recipe, method, values }) => {
      const { batch, accumulate, queue, epochs, lr, beta } = completeConfig(values)
      const paper = completeConfig(methodNamed(method).paper(recipe) ?? {})
      expect(batch * accumulate).toBe(64)
      expect([queue, epochs, lr, beta]).toEqual([paper.queue, 200, 0.01, 0.5])
    },
  )

  const ofPapers = presets.filter(
    ({ recipe, method, merge, size }) =>
      method !== DEFAULT_METHOD &&
      merge === 'none' &&
      size === 'big' &&
      methodNamed(method).paper(recipe) !== null,
  )
  it.each(ofPapers)('$name differs from its paper in the batch alone, if at all', (preset) => {
    const differences = differencesFromPaper(preset.recipe, completeConfig(preset.values))
    expect(differences?.map(({ name }) => name).filter((name) => name !== 'batch')).toEqual([])
  })

  it('of the paper’s size are the paper’s', () => {
    const big = presetOf({ ...FAME, recipe: 'ucf101', size: 'big' })
    expect(big.name).toBe('fame-ucf101')
    expect(differencesFromPaper('ucf101', completeConfig(big.values))).toEqual([])
    const moco = presetOf({ ...FAME, recipe: 'kinetics', merge: 'none', size: 'big' })
    expect(differencesFromPaper('kinetics', completeConfig(moco.values))).toEqual([])
  })

  it('of the paper’s size still differ from the reference in code', () => {
    const big = completeConfig(presetOf({ ...FAME, recipe: 'ucf101', size: 'big' }).values)
    const { settings, implementation } = paperDifferences('ucf101', big)!
    expect(settings).toEqual([])
    const ids = implementation.map(({ id }) => id)
    expect(ids).toContain('background-partner')
    // It shuffles keys over groups of 8 in one batch, as the reference does.
    expect(ids).not.toContain('batch-norm-over-batch')
    expect(ids).not.toContain('accumulated-batches')
  })

  it('say what is not as in the paper, and have no such answer where it has none', () => {
    const config = completeConfig({ ...presetOf(cpu('ucf101')).values, beta: 0.3, seed: 7 })
    const names = differencesFromPaper('ucf101', config)!.map(({ name }) => name)
    expect(names).toEqual(['model', 'precision', 'size', 'beta', 'batch', 'accumulate'])
    expect(
      differencesFromPaper('sample', completeConfig(presetOf(cpu('sample')).values)),
    ).toBeNull()
  })

  it('say how few negatives a method has in parts of a batch, if its negatives are the batch', () => {
    const texts = (method: (typeof METHODS)[number]) =>
      recipeSizes.map((size) => sizeMeaning({ recipe: 'ucf101', method, size }))
    const cut = 'SimCLR compares each clip with the 30 other clips of its own batch, not with 126'
    expect(texts('simclr').map((text) => text.includes(cut))).toEqual([true, true, false])
    expect(sizeMeaning({ recipe: 'diving48', method: 'simclr', size: 'gpu' })).toContain('the 14 ')
    expect(presetNamed('simclr-ucf101-gpu').meaning).toContain(cut)
    for (const text of texts('moco')) expect(text).not.toContain('other clips')
    const negatives = (method: string, values: object) => {
      const config = completeConfig({ method, ...values })
      return methodNamed(method).batchNegatives?.(config)
    }
    expect(negatives('simclr', { rho: 3, batch: 8 })).toBe(21)
    expect(negatives('moco', { negatives: 'batch', batch: 8 })).toBe(7)
    expect(negatives('moco', { batch: 8 })).toBeNull()
  })

  it('are proposed by machine and data set', () => {
    expect(fittingSize('CPU', 25e9)).toBe('cpu')
    expect(fittingSize('GPU', 16e9)).toBe('gpu')
    expect(fittingSize('GPU', 150e9)).toBe('big')
    const fitting = (format: DatasetFormat, classes: number, isSample = false) =>
      fittingRecipe({ format, classes, isSample })
    expect(fitting('ucf101', 8, true)).toBe('sample')
    expect(fitting('ucf101', 101)).toBe('ucf101')
    expect(fitting('diving48-v1', 48)).toBe('diving48')
    expect(fitting('kinetics', 400)).toBe('kinetics')
  })

  it('are proposed to no data set that merely lies as UCF101 does, since that takes days', () => {
    for (const format of ['ucf101', 'folder', 'hmdb51'] as const) {
      expect(fittingRecipe({ format, classes: 8, isSample: false })).toBeNull()
    }
  })
})

const FAME = { method: 'moco', merge: 'query' } as const
const cpu = (recipe: 'ucf101' | 'sample') => ({ ...FAME, recipe, size: 'cpu' }) as const
