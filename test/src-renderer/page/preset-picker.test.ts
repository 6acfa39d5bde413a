// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import { DEFAULT_METHOD, METHODS, methods } from '#shared/methods/index.ts'
import { presetOf } from '#shared/config/presets.ts'
import PresetPicker from '../../../src-renderer/src/features/runs/components/PresetPicker.vue'
import UiSelect from '../../../src-renderer/src/ui/UiSelect.vue'
import { fakeHost, surroundings } from './fake-host.ts'

const other = METHODS.find((name) => name !== DEFAULT_METHOD)!

async function picker(preset = 'small-fame', seconds = 600) {
  fakeHost({ 'runs.plan': () => ({ estimate: { seconds } }) })
  const mounted = mount(PresetPicker, {
    props: {
      modelValue: preset,
      datasetId: 1,
      fitting: 'ucf101' as const,
      size: 'cpu' as const,
      machine: 'Two cores',
      'onUpdate:modelValue': (name: string) => mounted.setProps({ modelValue: name }),
    },
    global: surroundings(),
  })
  await flushPromises()
  return mounted
}

it('chooses recipe, size, merging and method one by one, and keeps the others', async () => {
  const page = await picker()
  const chosen = () => page.props('modelValue')
  await page.get('[data-testid=recipe-ucf101]').trigger('change')
  expect(chosen()).toBe(
    presetOf({ recipe: 'ucf101', method: 'moco', merge: 'query', size: 'cpu' }).name,
  )
  await page.get('[data-testid=size-gpu]').trigger('change')
  expect(chosen()).toBe('fame-ucf101-gpu')
  const without = page
    .findAll('[aria-label=Merging] button')
    .find((one) => one.text() === 'Without')!
  await without.trigger('click')
  expect(chosen()).toBe('moco-ucf101-gpu')
  page.getComponent(UiSelect).vm.$emit('update:value', other)
  await nextTick()
  expect(chosen()).toBe(
    presetOf({ recipe: 'ucf101', method: other, merge: 'none', size: 'gpu' }).name,
  )
})

it('says what the chosen method does, and what merging does', async () => {
  const page = await picker()
  expect(page.get('[data-testid=method-meaning]').text()).toBe(methods[DEFAULT_METHOD].meaning)
  expect(page.text()).toContain('another video’s background')
})

it('marks what fits the data set and the machine, and how long a run takes', async () => {
  const page = await picker()
  const card = (id: string) => page.get(`label:has([data-testid=${id}])`).text()
  expect(card('recipe-ucf101')).toContain('this data set')
  expect(card('recipe-sample')).not.toContain('this data set')
  expect(card('size-cpu')).toContain('this machine')
  expect(card('recipe-sample')).toContain('About 10 min on this machine')
})
