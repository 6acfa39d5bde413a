// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { h, nextTick, ref } from 'vue'
import { completeConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { readParts } from '#shared/settings/parts.ts'
import type { PartsSetting } from '#shared/settings/setting.ts'
import {
  checkForm,
  type FormValue,
} from '../../../src-renderer/src/features/runs/lib/form-model.ts'
import ParameterField from '../../../src-renderer/src/features/runs/components/ParameterField.vue'
import PartCard from '../../../src-renderer/src/features/runs/components/PartCard.vue'
import PartsField from '../../../src-renderer/src/features/runs/components/PartsField.vue'
import UiSelect from '../../../src-renderer/src/ui/UiSelect.vue'
import { NInputNumber } from 'naive-ui'

const run = completeConfig({ method: 'combined', parts: 'moco-simclr' })
const own = String(run.parts)
const preset = presets.find(({ method }) => method === 'combined')!

function editor(from = own, presetValue = own) {
  const text = ref<FormValue | null>(from)
  const wrapper = mount(() =>
    h(PartsField, {
      ...{
        modelValue: text.value,
        'onUpdate:modelValue': (now: FormValue | null) => (text.value = now),
      },
      ...{ name: 'parts', parameter: settingsOf('combined').parts as PartsSetting },
      ...{ values: { ...run, parts: text.value }, preset, presetValue, problem: undefined },
    }),
  )
  const button = (words: string) =>
    wrapper.findAll('button').find((one) => one.text().includes(words))
  return { wrapper, text, button }
}

it('brings back what the preset’s parts took the place of', async () => {
  const other = JSON.stringify([{ method: 'byol', weight: 0.5, jitter: 0.1 }])
  const { text, button } = editor(other)
  await button('preset:')!.trigger('click')
  expect(text.value).toBe(own)
  await button('Undo')!.trigger('click')
  expect(text.value).toBe(other)
})

it('brings back a part whose method was replaced, with all that it had set', async () => {
  const own = JSON.stringify([{ method: 'moco', weight: 0.5, queue: 64 }])
  const { wrapper, text, button } = editor(own)
  wrapper.findComponent(PartCard).findComponent(UiSelect).vm.$emit('update:value', 'byol')
  await nextTick()
  expect(readParts(String(text.value))[0]).toMatchObject({ method: 'byol', weight: 0.5 })
  expect(wrapper.get('[role=status]').text()).toContain('MoCo was replaced by BYOL.')
  await button('Undo')!.trigger('click')
  expect(text.value).toBe(own)
})

it('offers no Undo to a list that another change has left behind', async () => {
  const { wrapper, text, button } = editor()
  await wrapper.get('button[aria-label^="Remove"]').trigger('click')
  expect(button('Undo')).toBeDefined()
  text.value = JSON.stringify([{ method: 'byol', weight: 1 }])
  await nextTick()
  await nextTick()
  expect(button('Undo')).toBeUndefined()
})

it('asks for a number where a field was emptied, and lets no run start without it', async () => {
  const { wrapper, text } = editor(JSON.stringify([{ method: 'moco', weight: 1, queue: 64 }]))
  const blocks = () => checkForm({ ...run, parts: text.value }).byName.has('parts')
  expect(blocks()).toBe(false)
  wrapper.findComponent(ParameterField).vm.$emit('update:modelValue', null)
  await nextTick()
  expect(wrapper.findComponent(ParameterField).text()).toContain('Enter a number.')
  expect(blocks()).toBe(true)
  wrapper.findComponent(ParameterField).vm.$emit('update:modelValue', 64)
  await nextTick()
  expect(blocks()).toBe(false)
  wrapper.findComponent(NInputNumber).vm.$emit('update:value', null)
  await nextTick()
  expect(wrapper.get('[role=alert]').text()).toContain('Enter a number.')
  expect(blocks()).toBe(true)
})
