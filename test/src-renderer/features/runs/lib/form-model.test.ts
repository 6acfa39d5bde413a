import { describe, expect, it } from 'vitest'
import { commonSettings, settingsOf } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { METHODS } from '#shared/methods/index.ts'
import {
  changedFrom,
  checkForm,
  formGroups,
  nearestPreset,
  obstaclesOf,
  presetConfig,
  problemOf,
  startInput,
  searchGroups,
  type FormValue,
} from '../../../../../src-renderer/src/features/runs/lib/form-model.ts'

describe('the form of a run', () => {
  it('has every row of the hyper-parameter table once', () => {
    for (const method of METHODS) {
      const names = formGroups(method).flatMap(({ rows }) => rows.map(({ name }) => name))
      expect(names.toSorted()).toEqual(Object.keys(settingsOf(method)).toSorted())
    }
  })

  it('starts without a change and without a problem from every preset', () => {
    for (const { name } of presets) {
      const config = presetConfig(name)
      expect(changedFrom(config, { ...config })).toEqual([])
      expect(checkForm({ ...config })).toEqual({ byName: new Map(), together: null })
    }
  })

  it('says what is wrong with a value, and its range', () => {
    const { beta, batch } = commonSettings
    expect(problemOf(beta, 0.5)).toBeNull()
    expect(problemOf(beta, 2)).toBe('2 is not between 0.01 and 0.99.')
    expect(problemOf(beta, null)).toBe('Enter a number.')
    expect(problemOf(beta, 'abc')).toBe('“abc” is not a number.')
    expect(problemOf(batch, 2.5)).toBe('Enter a whole number.')
  })

  it('says what is wrong with values together, once each is right by itself', () => {
    const config = presetConfig('small-fame')
    expect(checkForm({ ...config, batch: 7 }).together).toContain('multiple of batch')
    const both = checkForm({ ...config, batch: 7, beta: 5 })
    expect([...both.byName.keys()]).toEqual(['beta'])
    expect(both.together).toBeNull()
  })

  it('names every setting that prevents a start, and why', () => {
    const of = (values: Record<string, FormValue>, videos: number | null) => {
      const form = { ...presetConfig('small-fame'), ...values }
      return obstaclesOf(form, checkForm(form), videos)
    }
    expect(of({}, 192)).toEqual([])
    const tooMany = {
      text: 'The batch of 5,000 is larger than the number of training videos, 192.',
      setting: 'batch',
    }
    expect(of({ batch: 5000 }, 192)).toEqual([tooMany])
    // Within the range of the table, and still too many.
    expect(of({ batch: 384, queue: 384 }, 192)).toMatchObject([{ setting: 'batch' }])
    expect(of({ batch: 384, queue: 384 }, null)).toEqual([])
    expect(of({ batch: 5000, beta: 'abc' }, 192)).toEqual([
      tooMany,
      { text: 'Foreground ratio β: “abc” is not a number.', setting: 'beta' },
    ])
    expect(of({ batch: 7 }, 192)[0].text).toContain('multiple of batch')
  })

  it('sends the preset and only what differs from it', () => {
    const values = { ...presetConfig('small-fame'), beta: 0.4 }
    expect(startInput({ name: '  ', preset: 'small-fame', datasetId: 3, values })).toEqual({
      preset: 'small-fame',
      datasetId: 3,
      values: { beta: 0.4 },
    })
    expect(
      startInput({ name: ' trial ', preset: 'small-fame', datasetId: null, values }),
    ).toMatchObject({ name: 'trial' })
  })
})

describe('searchGroups', () => {
  const found = (search: string) =>
    searchGroups('moco', search).flatMap(({ rows }) => rows.map(({ name }) => name))

  it('finds settings by name, meaning, unit and group, all words of it', () => {
    expect(found('beta')).toContain('beta')
    expect(found('number of negatives')).toEqual(['queue'])
    expect(found('foreground ratio')).toContain('beta')
    expect(found('zebra')).toEqual([])
  })

  it('gives everything without a word', () => {
    // The method itself is chosen with the preset.
    const all = formGroups('moco').flatMap(({ rows }) => rows.map(({ name }) => name))
    expect(found(' ')).toEqual(all.filter((name) => name !== 'method'))
  })
})

describe('nearestPreset', () => {
  it('finds where settings most likely came from', () => {
    const values = { ...presetConfig('moco-ucf101-gpu'), seed: 9, lr: 0.2 }
    expect(nearestPreset(values, null)).toBe('moco-ucf101-gpu')
    // A nearer preset counts more than the data set.
    expect(nearestPreset(values, 'kinetics')).toBe('moco-ucf101-gpu')
  })

  it('goes by the data set where recipes have the same settings', () => {
    const [first, second] = alike()
    expect(nearestPreset(presetConfig(first.name), first.recipe)).toBe(first.name)
    expect(nearestPreset(presetConfig(first.name), second.recipe)).toBe(second.name)
  })
})

/** Two presets of different recipes whose settings are the same. */
function alike() {
  const texts = presets.map(({ name }) => JSON.stringify(presetConfig(name)))
  const again = texts.findIndex((text, i) => texts.indexOf(text) < i)
  return [presets[texts.indexOf(texts[again]!)]!, presets[again]!] as const
}
