// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { PretrainSetting } from '#shared/settings/pretraining.ts'
import { settingsOf } from '#shared/config/pretrain-config.ts'
import ParameterField from '../../../src-renderer/src/features/runs/components/ParameterField.vue'

const parameter: PretrainSetting = settingsOf('moco').batch!

function field(modelValue: number, problem?: string) {
  const mounted = mount(ParameterField, {
    props: {
      ...{ name: 'batch', parameter, modelValue, presetValue: 32, problem },
      'onUpdate:modelValue': (value: unknown) => mounted.setProps({ modelValue: value as number }),
    },
  })
  return mounted
}

it('takes a number as it is typed, and keeps text that is none', async () => {
  const page = field(32)
  const input = page.get('input')
  await input.setValue('48')
  expect(page.props('modelValue')).toBe(48)
  await input.setValue('4x')
  expect(page.props('modelValue')).toBe('4x')
  await input.setValue('')
  expect(page.props('modelValue')).toBeNull()
})

it('marks a change and takes the preset’s value back', async () => {
  const page = field(48)
  expect(page.classes()).toContain('changed')
  await page.get('button.back').trigger('click')
  expect(page.props('modelValue')).toBe(32)
  expect(page.classes()).not.toContain('changed')
})

it('says what is wrong in place of what it means', () => {
  const page = field(48, 'From 2 to 40.')
  expect(page.get('[role=alert]').text()).toBe('From 2 to 40.')
  expect(page.text()).not.toContain(parameter.meaning)
  expect(page.get('input').attributes('aria-invalid')).toBe('true')
})
