// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defaultConfig } from '#shared/config/pretrain-config.ts'
import IntervalPicture from '../../../src-renderer/src/features/runs/components/IntervalPicture.vue'
import { surroundings } from './fake-host.ts'

const values = defaultConfig()

function picture(changes: Record<string, number | string | null>) {
  return mount(IntervalPicture, {
    props: { values: { ...values, ...changes } },
    global: surroundings(),
  })
}

it('is folded for independent clips and open where an interval was chosen', () => {
  expect(picture({}).get('details').attributes('open')).toBeUndefined()
  const far = picture({ interval: 'far' })
  expect(far.get('details').attributes('open')).toBeDefined()
  expect(far.get('svg').attributes('aria-label')).toBe(
    'Distribution of the interval between clips: far',
  )
  expect(far.text()).toContain('2000 draws')
})

it('is not there while a setting that it needs is empty', async () => {
  const page = picture({ interval: 'decreasing', intervalPower: null })
  expect(page.find('details').exists()).toBe(false)
  await page.setProps({ values: { ...values, interval: 'decreasing', intervalPower: 2 } })
  expect(page.findAll('path[stroke-dasharray]')).toHaveLength(2)
})
