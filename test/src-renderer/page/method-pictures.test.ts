// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS, pictureRowsOf } from '#shared/methods/index.ts'
import MethodPictures from '../../../src-renderer/src/features/runs/components/MethodPictures.vue'
import RangeSlider from '../../../src-renderer/src/ui/RangeSlider.vue'
import { fakeHost, surroundings } from './fake-host.ts'

vi.mock('../../../src-renderer/src/features/runs/composables/use-run-feed.ts', () => ({
  useRunFeed: () => ({ state: { value: { pictures: null } } }),
}))
afterEach(() => vi.unstubAllGlobals())

const config = METHODS.map((method) => completeConfig({ method })).find(
  (one) => pictureRowsOf(one).length > 0,
)!
const rows = pictureRowsOf(config).map(({ name }) => ({ name, frames: 2 }))
const made = [1, 5].map((step) => ({ step, side: 8, frames: 2, rows, clips: [{ video: null }] }))

/** A page whose rasters are answered by hand. */
async function page() {
  const rasters: { src: string; settle: (isThere: boolean) => void }[] = []
  vi.stubGlobal(
    'Image',
    class {
      src = ''
      decode() {
        return new Promise<void>((resolve, reject) => {
          const settle = (isThere: boolean) =>
            isThere ? resolve() : reject(new Error('no raster'))
          rasters.push({ src: this.src, settle })
        })
      }
    },
  )
  fakeHost({ 'runs.pictures': () => made })
  const wrapper = mount(MethodPictures, {
    props: { runId: 3, config, isLive: false },
    global: surroundings(),
  })
  await flushPromises()
  async function answer(isThere: boolean) {
    rasters.at(-1)!.settle(isThere)
    await flushPromises()
  }
  return { wrapper, rasters, answer }
}

it('says that pictures are being loaded, and which step they are of once they are there', async () => {
  const { wrapper, answer } = await page()
  expect(wrapper.get('[role=status]').text()).toBe('Loading the pictures …')
  await answer(true)
  expect(wrapper.get('[data-testid=made-step]').text()).toBe('step 5')
  wrapper.findComponent(RangeSlider).vm.$emit('update:modelValue', 0)
  await flushPromises()
  expect(wrapper.get('[data-testid=made-step]').text()).toBe('step 5')
  await answer(true)
  expect(wrapper.get('[data-testid=made-step]').text()).toBe('step 1')
})

it('says which pictures could not be had, and tries again', async () => {
  const { wrapper, rasters, answer } = await page()
  await answer(false)
  expect(wrapper.get('[role=alert]').text()).toContain('no readable picture of step 5')
  expect(wrapper.find('[role=status]').exists()).toBe(false)
  await wrapper.get('[role=alert] button').trigger('click')
  await flushPromises()
  expect(rasters).toHaveLength(2)
  await answer(true)
  expect(wrapper.find('[role=alert]').exists()).toBe(false)
  wrapper.findComponent(RangeSlider).vm.$emit('update:modelValue', 0)
  await flushPromises()
  await answer(false)
  expect(wrapper.get('[role=alert]').text()).toContain('step 1')
  expect(wrapper.get('[data-testid=made-step]').text()).toBe('step 5')
})
