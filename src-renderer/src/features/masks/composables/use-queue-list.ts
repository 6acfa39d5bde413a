import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query'
import { useStorage } from '@vueuse/core'
import { computed, ref } from 'vue'
import type { ClipWindow, QueueItem, QueueQuery } from '#shared/contract/mask-windows.ts'
import { api, client } from '../../../api/client.ts'
import { pagesOf } from '../../../lib/pages.ts'
import { everything, type ReviewFilter } from '../lib/review-place.ts'

/** Windows a request. */
const PAGE = 100
/** Pages out of sight are forgotten after this time in ms. */
const FORGET = 30_000
/** Windows a request where many are wanted at once. */
const LARGE_PAGE = 500

/** The list of windows to look through, as the host has it; what is in sight is fetched. */
export function useQueueList() {
  const filter = useStorage<ReviewFilter>('fame.review', { ...everything }, undefined, {
    mergeDefaults: true,
  })
  const query = computed(() => queryOf(filter.value))
  const sight = ref({ first: 0, last: 0 })
  const pageOptions = (page: number) =>
    api.masks.queue.queryOptions({
      input: { ...query.value, offset: page * PAGE, limit: PAGE },
      placeholderData: keepPreviousData,
      gcTime: FORGET,
    })
  const head = useQuery(computed(() => pageOptions(0)))
  const total = computed(() => head.data.value?.total ?? 0)
  const pages = computed(() => pagesOf(sight.value, PAGE, total.value))
  const results = useQueries({ queries: computed(() => pages.value.map(pageOptions)) })
  /** Windows by their place in the list. */
  const known = computed(() => {
    const items = new Map<number, QueueItem>()
    head.data.value?.items.forEach((item, i) => items.set(i, item))
    pages.value.forEach((page, at) =>
      results.value[at]?.data?.items.forEach((item, i) => items.set(page * PAGE + i, item)),
    )
    return items
  })
  /** Also one out of sight; undefined beyond the end. */
  async function fetchItem(at: number): Promise<QueueItem | undefined> {
    const here = known.value.get(at)
    if (here) return here
    const page = await client.masks.queue({ ...query.value, offset: at, limit: 1 })
    return page.items[0]
  }
  /** All windows from place `first` to `last` of the list, both included. */
  async function range(first: number, last: number): Promise<ClipWindow[]> {
    const windows: ClipWindow[] = []
    for (let offset = first; offset <= last; offset += LARGE_PAGE) {
      const limit = Math.min(LARGE_PAGE, last - offset + 1)
      const { items } = await client.masks.queue({ ...query.value, offset, limit })
      windows.push(...items)
      if (items.length < limit) break
    }
    return windows
  }
  return { filter, query, sight, head, total, known, fetchItem, range }
}

function queryOf({ order, states, datasetId, class: name }: ReviewFilter): QueueQuery {
  return {
    order,
    ...(states.length > 0 && { states }),
    ...(datasetId !== null && { datasetId }),
    ...(name !== null && { class: name }),
  }
}
