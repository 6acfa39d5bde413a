// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import WarningList from '../../../src-renderer/src/ui/WarningList.vue'

afterEach(() => vi.restoreAllMocks())

it('is a stop of the Tab key only where it is longer than its room', async () => {
  let height = 40
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(120)
  vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockImplementation(() => height)
  const page = mount(WarningList, { props: { warnings: ['A video was skipped.'] } })
  const show = async (count: number) => {
    height = 40 * count
    await page.setProps({ warnings: Array.from({ length: count }, (_, i) => `Video ${i}`) })
    await nextTick()
    await nextTick()
    return page.get('[role=status]').attributes('tabindex')
  }
  expect(page.get('[role=status]').attributes('tabindex')).toBeUndefined()
  expect(await show(8)).toBe('0')
  expect(await show(2)).toBeUndefined()
})
