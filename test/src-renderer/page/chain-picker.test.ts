// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { PROTOCOLS, tasks } from '#shared/tasks/index.ts'
import ChainPicker from '../../../src-renderer/src/features/runs/components/ChainPicker.vue'
import { surroundings } from './fake-host.ts'

it('names the evaluations that follow beside the button that opens their list', async () => {
  const chosen = PROTOCOLS.slice(0, 2).toReversed()
  const picker = mount(ChainPicker, { props: { modelValue: chosen }, global: surroundings() })
  const names = picker.get('[data-testid="chain-chosen"]')
  expect(names.text()).toBe(chosen.map((name) => tasks[name].label).join(', '))
  await picker.setProps({ modelValue: [] })
  expect(names.text()).toBe('nothing')
  expect(picker.findAll('[data-testid="chain"]')).toHaveLength(0)
})
