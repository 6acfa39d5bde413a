import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { readParts } from '#shared/settings/parts.ts'
import { checkForm } from '../../../../../src-renderer/src/features/runs/lib/form-model.ts'
import {
  inherited,
  newPart,
  partLabel,
  partMethods,
  partsWords,
  setValues,
  weightNames,
  withPart,
  withValue,
} from '../../../../../src-renderer/src/features/runs/lib/part-list.ts'

const run = completeConfig({ method: 'combined', parts: 'moco-simclr', batch: 32, jitter: 0.4 })
const parts = readParts(String(run.parts))

it('offers the methods that can be parts', () => {
  expect(partMethods).toContain('moco')
  expect(partMethods).not.toContain('coclr')
  expect(partMethods).not.toContain('combined')
})

it('says what a part has where it sets nothing: the run’s value, or a default of its method', () => {
  const part = newPart('be', { queue: 192, lr: 3 })
  expect(part).toEqual({ method: 'be', weight: 1, queue: 192 })
  expect(inherited(part, 'jitter', run)).toBe(0.4)
  expect(inherited(part, 'frameMix', run)).toBe(0.3)
})

it('sets and unsets values, and removes parts', () => {
  const [first] = parts
  const set = withValue(first!, 'merge', 'none')
  expect(setValues(set)).toContainEqual(['merge', 'none'])
  expect(withValue(set, 'merge', null)).toEqual(first)
  expect(readParts(withPart(parts, 0, set))[0]).toEqual(set)
  expect(readParts(withPart(parts, 0, null))).toEqual(parts.slice(1))
})

it('names parts, and their weights as settings of a sweep', () => {
  const twice = [parts[0]!, parts[0]!]
  expect([0, 1].map((place) => partLabel(twice, place))).toEqual(['MoCo', 'MoCo 2'])
  const text = withPart(twice, 1, { ...twice[1]!, weight: 0.5, merge: 'query' })
  expect(partsWords(text)).toBe('MoCo + 0.5 × MoCo 2 with FAME')
  expect(weightNames('parts', text)[1]).toEqual({
    value: 'parts.1.weight',
    label: 'Weight of MoCo 2',
  })
})

it('tells what is wrong with a part at the list of parts', () => {
  const wrong = withPart(parts, 0, { ...parts[0]!, queue: 7 })
  const { byName } = checkForm({ ...run, parts: wrong })
  expect(byName.get('parts')).toContain('parts.0 (MoCo): queue is 7')
})
