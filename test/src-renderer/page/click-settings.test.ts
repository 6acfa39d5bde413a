// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { computed, ref } from 'vue'
import ClickSettings from '../../../src-renderer/src/features/masks/components/correct/ClickSettings.vue'
import { useFramePixels } from '../../../src-renderer/src/features/masks/composables/use-frame-pixels.ts'
import type { MaskTools } from '../../../src-renderer/src/features/masks/composables/use-mask-tools.ts'
import { mountComposable, surroundings } from './fake-host.ts'

afterEach(() => vi.unstubAllGlobals())

/** The host has frame 2 alone, a red pixel. */
function hostWithFrame2() {
  const picture = { width: 1, height: 1, close: () => undefined }
  const getImageData = () => ({ data: Uint8ClampedArray.from([200, 10, 20, 255]) })
  const asked = vi.fn((url: string) =>
    Promise.resolve(
      url.endsWith('2') ? new Response('png') : new Response('It is gone.', { status: 404 }),
    ),
  )
  vi.stubGlobal('fetch', asked)
  vi.stubGlobal('createImageBitmap', () => Promise.resolve(picture))
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext() {
        return { drawImage: () => undefined, getImageData }
      }
    },
  )
  return asked
}

function settingsFor(frame: ReturnType<typeof useFramePixels>, hasMotion: boolean) {
  const clicks = {
    ...{ tool: { revision: ref(0), found: ref(null), clicks: [] }, commands: {} },
    ...{ isReady: computed(() => frame.pixels.value !== null), hasMotion: ref(hasMotion) },
    ...{ failure: frame.failure, retry: frame.retry },
  }
  const tools = { settings: ref({ taking: 'replace' }), clicks } as unknown as MaskTools
  return mount(ClickSettings, {
    props: { tools },
    global: surroundings(),
  })
}

it('says that the frame could not be read, and reads it again', async () => {
  const asked = hostWithFrame2()
  const index = ref(1)
  const { result: frame } = mountComposable(() =>
    useFramePixels(() => ({ videoId: 4, index: index.value })),
  )
  const page = settingsFor(frame, true)
  expect(page.get('[data-testid=clicks-said]').text()).toContain('Reading the frame')
  await flushPromises()
  expect(page.get('[role=alert]').text()).toContain('It is gone.')
  const before = asked.mock.calls.length
  await page.get('[role=alert] button').trigger('click')
  expect(asked.mock.calls.length).toBe(before + 1)
  index.value = 2
  await flushPromises()
  expect(page.find('[role=alert]').exists()).toBe(false)
  expect(page.get('[data-testid=clicks-said]').text()).toBe('No clicks yet.')
  expect(frame.pixels.value).toEqual({ rgb: Uint8Array.from([200, 10, 20]), width: 1, height: 1 })
})

it('says where colours alone tell objects apart', () => {
  hostWithFrame2()
  const { result: frame } = mountComposable(() => useFramePixels(null))
  expect(settingsFor(frame, true).find('[data-testid=clicks-motion]').exists()).toBe(false)
  expect(settingsFor(frame, false).get('[data-testid=clicks-motion]').text()).toContain(
    'colours alone',
  )
})
