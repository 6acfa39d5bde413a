// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { ref } from 'vue'
import type { ClipWindow, QueueItem, QueueQuery } from '#shared/contract/mask-windows.ts'
import { useReviewQueue } from '../../../src-renderer/src/features/masks/composables/use-review-queue.ts'
import { fakeHost, setUp } from './fake-host.ts'

function itemOf(videoId: number, changed: Partial<QueueItem> = {}): QueueItem {
  return {
    videoId,
    start: 0,
    frames: 16,
    stride: 2,
    path: `${videoId}.avi`,
    class: null,
    state: 'untouched',
    edited: false,
    score: null,
    reasons: [],
    ...changed,
  }
}

/** A queue over `list`, which a test may change as decisions do on the host. */
async function reviewQueue(list: QueueItem[]) {
  const host = { list }
  const calls = fakeHost({
    'masks.queue': (input) => {
      const { offset = 0, limit = 100, states } = input as QueueQuery
      const found = host.list.filter(({ state }) => !states || states.includes(state))
      return { total: found.length, items: found.slice(offset, offset + limit) }
    },
  })
  const current = ref<ClipWindow | null>(null)
  const opened: { videoId: number; scoredBeta: number | null }[] = []
  const queue = setUp(() =>
    useReviewQueue({
      current,
      open(window, scoredBeta) {
        current.value = window
        opened.push({ videoId: window.videoId, scoredBeta })
      },
    }),
  )
  await flushPromises()
  const go = async (by: 1 | -1) => {
    await queue.go(by)
    await flushPromises()
  }
  /** What the host has is read again, as after a decision. */
  const refresh = async () => {
    await queue.head.refetch()
    await flushPromises()
  }
  return { queue, host, calls, current, opened, go, refresh, at: () => current.value?.videoId }
}

beforeEach(() => localStorage.clear())

it('goes through the list from its beginning to its end, and back', async () => {
  const { queue, go, at, opened } = await reviewQueue([itemOf(1), itemOf(2), itemOf(3)])
  expect(queue.total.value).toBe(3)
  const way = []
  for (const by of [1, 1, 1, 1, -1, -1, -1] as const) {
    await go(by)
    way.push(at())
  }
  expect(way).toEqual([1, 2, 3, 3, 2, 1, 1])
  expect(opened).toHaveLength(5)
})

it('says of what it opens at which beta a survey scored it', async () => {
  const score = { stability: 0.9, area: 0.3, agreement: 0.8, priority: 0.2 }
  const { go, opened } = await reviewQueue([itemOf(1), itemOf(2, { score })])
  await go(1)
  await go(1)
  expect(opened).toEqual([
    { videoId: 1, scoredBeta: null },
    { videoId: 2, scoredBeta: 0.3 },
  ])
})

it('skips no clip when the one that was decided on has left the list', async () => {
  const { queue, host, go, at, refresh } = await reviewQueue([itemOf(1), itemOf(2), itemOf(3)])
  await go(1)
  host.list = host.list.slice(1)
  await refresh()
  expect(queue.total.value).toBe(2)
  await go(1)
  expect(at()).toBe(2)
})

it('goes back the way that was taken, though the clip has moved in the list', async () => {
  const { host, go, at, refresh } = await reviewQueue([itemOf(1), itemOf(2), itemOf(3)])
  await go(1)
  await go(1)
  host.list = [itemOf(3), itemOf(2), itemOf(1)]
  await refresh()
  await go(-1)
  expect(at()).toBe(1)
  await go(1)
  expect(at()).toBe(2)
})

it('comes back to the list from a clip that was opened otherwise', async () => {
  const { current, go, at } = await reviewQueue([itemOf(1), itemOf(2)])
  await go(1)
  current.value = { videoId: 9, start: 4, frames: 16, stride: 2 }
  await go(-1)
  expect(at()).toBe(1)
})

it('asks for what the filter lets through', async () => {
  const { queue, calls } = await reviewQueue([
    itemOf(1),
    itemOf(2, { state: 'approved' }),
    itemOf(3, { state: 'rejected' }),
  ])
  queue.filter.value = { ...queue.filter.value, states: ['approved'], datasetId: 7, class: 'dive' }
  await flushPromises()
  expect(queue.total.value).toBe(1)
  expect(queue.itemAt(0)?.videoId).toBe(2)
  expect(calls.at(-1)?.input).toMatchObject({ states: ['approved'], datasetId: 7, class: 'dive' })
})

it('reads many windows in pieces, in order', async () => {
  const list = Array.from({ length: 1_234 }, (_, i) => itemOf(i + 1))
  const { queue, calls } = await reviewQueue(list)
  calls.length = 0
  const windows = await queue.range(200, 1_199)
  expect(windows.map(({ videoId }) => videoId)).toEqual(
    Array.from({ length: 1_000 }, (_, i) => i + 201),
  )
  expect(calls.map(({ input }) => input)).toMatchObject([
    { offset: 200, limit: 500 },
    { offset: 700, limit: 500 },
  ])
})

it('fetches the next clip where it is out of sight', async () => {
  const list = Array.from({ length: 250 }, (_, i) => itemOf(i + 1))
  const { queue, go, at } = await reviewQueue(list)
  queue.sight.value = { first: 190, last: 199 }
  queue.open({ at: 199, item: list[199]! })
  await flushPromises()
  expect(queue.itemAt(200)).toBeUndefined()
  await go(1)
  expect(at()).toBe(201)
})

it('knows the place of a clip that was opened out of sight', async () => {
  const list = Array.from({ length: 250 }, (_, i) => itemOf(i + 1))
  const { queue, at } = await reviewQueue(list)
  queue.open({ at: 199, item: list[199]! })
  await flushPromises()
  expect(at()).toBe(200)
  expect(queue.index.value).toBe(199)
})
