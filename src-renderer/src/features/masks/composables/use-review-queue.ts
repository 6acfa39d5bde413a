import { computed, shallowRef, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'
import type { ClipWindow, MaskScore } from '#shared/contract/mask-windows.ts'
import { along, noTrail, visit, type Trail } from '../lib/history.ts'
import { stepTo } from '../lib/review-place.ts'
import { windowKey } from '../lib/window-key.ts'
import { useQueueList } from './use-queue-list.ts'

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
  /** @param scoredBeta the beta at which a survey scored it; null where none did */
  open: (window: ClipWindow, scoredBeta: number | null) => void
}) {
  const { filter, query, sight, head, total, known, fetchItem, range } = useQueueList()
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
  watch(found, (now) => (index.value = now >= 0 ? now : index.value), { immediate: true })
  const { visitItem, goAlong } = useTrail(currentKey, (item) => {
    const { videoId, start, frames, stride, score } = item
    options.open({ videoId, start, frames, stride }, score?.area ?? null)
  })

  /** What comes next or came before in the list; null at its ends. */
  async function neighbour(by: 1 | -1): Promise<Listed | null> {
    const place = { index: index.value, stays: index.value < 0 || found.value >= 0 }
    const at = stepTo(place, by, total.value)
    const item = at === null ? undefined : await fetchItem(at)
    return at === null || !item ? null : { at, item }
  }
  function open({ at, item }: Listed) {
    index.value = at
    visitItem(item)
  }
  async function go(by: 1 | -1) {
    if (goAlong(by)) return
    const next = await neighbour(by)
    if (next) open(next)
  }
  const itemAt = (at: number) => known.value.get(at)
  return {
    filter,
    query,
    sight,
    head,
    total,
    index,
    currentKey,
    itemAt,
    neighbour,
    open,
    go,
    goAlong,
    range,
  }
}

/**
 * The way that was taken through the list, since a clip that was decided on may have moved in it.
 * @param currentKey the window that is open
 */
function useTrail(currentKey: Readonly<Ref<string | null>>, show: (item: Item) => void) {
  let trail: Trail<Item> = noTrail()
  function visitItem(item: Item) {
    trail = visit(trail, item)
    show(item)
  }
  /** One step along the way; false where it ends. */
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
  return { visitItem, goAlong }
}
