// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { ref } from 'vue'
import type { Command } from '../../../src-renderer/src/commands/command.ts'
import UiButton from '../../../src-renderer/src/ui/UiButton.vue'

it('says what it does, and does it', async () => {
  const button = mount(UiButton, { props: { label: 'Start run' } })
  expect(button.text()).toBe('Start run')
  await button.trigger('click')
  expect(button.emitted('press')).toHaveLength(1)
})

it('says why it is disabled, stays within reach of Tab, and does nothing', async () => {
  const props = { label: 'Start run', disabled: true, reason: 'There is no data set yet' }
  const button = mount(UiButton, { props })
  expect(button.attributes('aria-description')).toBe('There is no data set yet')
  expect(button.attributes('title')).toBe('Start run: There is no data set yet')
  expect(button.attributes('aria-disabled')).toBe('true')
  expect(button.attributes('disabled')).toBeUndefined()
  await button.trigger('click')
  expect(button.emitted('press')).toBeUndefined()
})

it('is out of reach where there is no reason to give', () => {
  const button = mount(UiButton, { props: { label: 'Save', disabled: true } })
  expect(button.attributes('disabled')).toBeDefined()
})

it('performs its command, and says why the command is off', async () => {
  const performed = ref(0)
  const command: Command = {
    name: 'run.stop',
    label: 'Stop',
    group: 'Runs',
    enabled: () => performed.value === 0,
    reason: () => 'The run has ended',
    perform: () => void (performed.value += 1),
  }
  const button = mount(UiButton, { props: { command } })
  await button.trigger('click')
  await button.trigger('click')
  expect(performed.value).toBe(1)
  expect(button.attributes('aria-description')).toBe('The run has ended')
})
