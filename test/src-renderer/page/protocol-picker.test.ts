// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { PROTOCOLS, tasks, type Protocol } from '#shared/tasks/index.ts'
import ProtocolPicker from '../../../src-renderer/src/features/evaluate/components/start/ProtocolPicker.vue'

it('offers every protocol with what it means, and takes the one that is chosen', async () => {
  const page = mount(ProtocolPicker, {
    props: {
      modelValue: 'linear' as Protocol,
      'onUpdate:modelValue': (value: Protocol) => page.setProps({ modelValue: value }),
    },
  })
  for (const name of PROTOCOLS) {
    expect(page.get(`[data-protocol=${name}]`).text()).toContain(tasks[name].label)
    expect(page.get(`[data-protocol=${name}]`).text()).toContain(tasks[name].meaning)
  }
  await page.get('[data-protocol=retrieval] input').setValue(true)
  expect(page.props('modelValue')).toBe('retrieval')
  expect(page.findAll('.chosen').map((one) => one.attributes('data-protocol'))).toEqual([
    'retrieval',
  ])
})
