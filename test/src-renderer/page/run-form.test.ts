// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { presets } from '#shared/config/presets.ts'
import { recipes } from '#shared/config/recipes.ts'
import { DEFAULT_METHOD, METHODS, methods } from '#shared/methods/index.ts'
import { presetConfig } from '../../../src-renderer/src/features/runs/lib/form-model.ts'
import { useRunForm } from '../../../src-renderer/src/features/runs/composables/use-run-form.ts'
import { fakeHost, setUp } from './fake-host.ts'

const dataset = {
  ...{ id: 7, name: 'clips', videos: 40, format: 'folders', classes: 4, isSample: false },
  ...{ path: '/clips', splitList: null },
}
const other = METHODS.find((name) => name !== DEFAULT_METHOD)!

async function form(datasets: unknown[] = [dataset], runs: { id: number }[] = []) {
  const calls = fakeHost({
    'project.doctor': () => ({ tensorflow: { available: true }, machine: {} }),
    'datasets.list': () => datasets,
    'masks.betas.list': () => [],
    'runs.list': () => runs,
    'runs.plan': () => ({ videos: 40, steps: 20, estimate: null }),
    'runs.start': () => ({ id: 3 }),
  })
  const started: number[] = []
  const made = setUp(() =>
    useRunForm({ onStarted: (id) => started.push(id), from: runs[0]?.id ?? null }),
  )
  await flushPromises()
  return { form: made, calls, started }
}

beforeEach(() => localStorage.clear())

it('starts a run with the preset, the changes and the newest data set', async () => {
  const { form: one, calls, started } = await form()
  one.choose('small-moco')
  await flushPromises()
  one.values.value = { ...one.values.value, epochs: 3 }
  expect(one.changed.value).toEqual(['epochs'])
  await flushPromises()
  expect(one.obstacles.value).toEqual([])
  one.start()
  await flushPromises()
  const call = calls.find(({ path }) => path === 'runs.start')
  expect(call?.input).toMatchObject({ preset: 'small-moco', datasetId: 7 })
  expect(JSON.stringify(call?.input)).toContain('"epochs":3')
  expect(started).toEqual([3])
})

it('takes the settings of the method that is chosen, and drops those of the other', async () => {
  const { form: one } = await form()
  const own = (name: keyof typeof methods) => Object.keys(methods[name].settings)
  one.choose(`small-${other}`)
  await flushPromises()
  expect(Object.keys(one.values.value)).toEqual(expect.arrayContaining(own(other)))
  const left = own(DEFAULT_METHOD).filter((name) => !own(other).includes(name))
  expect(left.length).toBeGreaterThan(0)
  expect(Object.keys(one.values.value).filter((name) => left.includes(name))).toEqual([])
})

it('says what prevents a start: no data set, and a value out of range', async () => {
  const { form: one, calls } = await form([])
  expect(one.obstacles.value[0]?.text).toContain('no data set')
  one.values.value = { ...one.values.value, batch: -1 }
  await flushPromises()
  expect(one.obstacles.value.map(({ setting }) => setting)).toContain('batch')
  one.start()
  await flushPromises()
  expect(calls.filter(({ path }) => path === 'runs.start')).toEqual([])
})

it('loads settings from YAML and prints them again', async () => {
  const { form: one } = await form()
  const text = 'name: from a file\npreset: small-moco\nepochs: 4\n'
  await one.load(new File([text], 'run.yaml'))
  await flushPromises()
  expect(one.name.value).toBe('from a file')
  expect(one.values.value).toEqual({ ...presetConfig('small-moco'), epochs: 4 })
  expect(one.yaml.value.said).toContain('run.yaml')
  expect(one.print()).toContain('epochs: 4')
})

it('says that a file is no settings, and keeps the form', async () => {
  const { form: one } = await form()
  const before = { ...one.values.value }
  await one.load(new File(['epochs: [1'], 'broken.yaml'))
  expect(one.yaml.value.failure).toBeInstanceOf(Error)
  expect(one.values.value).toEqual(before)
})

it('finds the preset of another run by its data set, where recipes have the same settings', async () => {
  const texts = presets.map(({ name }) => JSON.stringify(presetConfig(name)))
  // A preset that is the same as one before it, of a recipe that is made for a format.
  const found = presets.find(
    ({ recipe }, i) => recipes[recipe].formats.length > 0 && texts.indexOf(texts[i]!) < i,
  )!
  const { formats, classes = 4 } = recipes[found.recipe]
  const fitting = { ...dataset, id: 8, format: formats[0], classes: Array(classes).fill('') }
  const run = { id: 4, name: 'before', datasetId: 8, config: presetConfig(found.name) }
  const { form: one } = await form([fitting, dataset], [run])
  expect(one.datasetId.value).toBe(8)
  expect(one.preset.value).toBe(found.name)
  expect(one.changed.value).toEqual([])
})
