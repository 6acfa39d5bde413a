import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query'
import { useStorage } from '@vueuse/core'
import { computed, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { ClipWindow, MaskScore, QueueItem, QueueQuery } from '#shared/contract/mask-windows.ts'
import { api, client } from '../../../api/client.ts'
import { pagesOf } from '../../../lib/pages.ts'
import { everything, stepTo, type ReviewFilter } from '../lib/review-place.ts'
import { along, noTrail, visit, type Trail } from '../lib/history.ts'
import { windowKey } from '../lib/window-key.ts'

/** Windows a request. */
const PAGE = 100
/** Pages out of sight are forgotten after this time in ms. */
const FORGET = 30_000

/** A window as the list has it. */
type Item = ClipWindow & { score?: MaskScore | null }

interface Listed {
  at: number
  item: Item
}

export type ReviewQueue = ReturnType<typeof useReviewQueue>

/** The list of windows to look through, and going from one to the next. */
export function useReviewQueue(options: {
  /** The window that is open. */
  current: MaybeRefOrGetter<ClipWindow | null>
  /** @param isScored whether a survey scored it, at the beta that is chosen for each clip */
  open: (window: ClipWindow, isScored: boolean) => void
}) {
  const filter = useStorage<ReviewFilter>('fame.review', { ...everything }, undefined, {
    mergeDefaults: true,
  })
  const query = computed<QueueQuery>(() => {
    const { order, states, datasetId, class: name } = filter.value
    return {
      order,
      ...(states.length > 0 && { states }),
      ...(datasetId !== null && { datasetId }),
      ...(name !== null && { class: name }),
    }
  })
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
  const known = computed(() => {
    const items = new Map<number, QueueItem>()
    head.data.value?.items.forEach((item, i) => items.set(i, item))
    pages.value.forEach((page, at) =>
      results.value[at]?.data?.items.forEach((item, i) => items.set(page * PAGE + i, item)),
    )
    return items
  })

  const currentKey = computed(() => {
    const window = toValue(options.current)
    return window && windowKey(window)
  })
  /** Where the open window is in the list; -1 where that is not known. */
  const found = computed(() => {
    for (const [index, item] of known.value) {
      if (windowKey(item) === currentKey.value) return index
    }
    return -1
  })
  const index = shallowRef(-1)
  let trail: Trail<Item> = noTrail()
  watch(found, (now) => (index.value = now >= 0 ? now : index.value), { immediate: true })

  async function itemAt(at: number): Promise<QueueItem | undefined> {
    const here = known.value.get(at)
    if (here) return here
    const page = await client.masks.queue({ ...query.value, offset: at, limit: 1 })
    return page.items[0]
  }
  /** What comes next or came before in the list; null at its ends. */
  async function neighbour(by: 1 | -1): Promise<Listed | null> {
    const place = { index: index.value, stays: index.value < 0 || found.value >= 0 }
    const at = stepTo(place, by, total.value)
    const item = at === null ? undefined : await itemAt(at)
    return at === null || !item ? null : { at, item }
  }
  function show({ videoId, start, frames, stride, score }: Item) {
    options.open({ videoId, start, frames, stride }, Boolean(score))
  }
  function open({ at, item }: Listed) {
    index.value = at
    trail = visit(trail, item)
    show(item)
  }
  /** Along the way that was taken, since a clip that was decided on may have moved in the list. */
  function goAlong(by: 1 | -1): boolean {
    const here = trail.places[trail.at]
    const isHere = here !== undefined && windowKey(here) === currentKey.value
    const next = isHere ? along(trail, by) : by === -1 && here ? trail : null
    const place = next?.places[next.at]
    if (!next || !place) return false
    trail = next
    show(place)
    return true
  }
  async function go(by: 1 | -1) {
    if (goAlong(by)) return
    const next = await neighbour(by)
    if (next) open(next)
  }
  /** All windows from place `first` to `last` of the list, both included. */
  async function range(first: number, last: number): Promise<ClipWindow[]> {
    const windows: ClipWindow[] = []
    for (let offset = first; offset <= last; offset += 500) {
      const limit = Math.min(500, last - offset + 1)
      const { items } = await client.masks.queue({ ...query.value, offset, limit })
      windows.push(...items)
      if (items.length < limit) break
    }
    return windows
  }

  return {
    filter,
    query,
    sight,
    head,
    total,
    index,
    currentKey,
    itemAt: (at: number) => known.value.get(at),
    neighbour,
    open,
    go,
    goAlong,
    range,
  }
}
