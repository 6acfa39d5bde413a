import { ref, shallowRef, watch } from 'vue'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { windowKey } from '../lib/window-key.ts'
import type { ReviewQueue } from './use-review-queue.ts'
import type { Held } from '../../selection/use-video-selection.ts'

export type WindowSelection = ReturnType<typeof useWindowSelection>

/** Choosing many windows of the review queue; another list starts with none. */
export function useWindowSelection(queue: ReviewQueue) {
  const chosen = shallowRef<ReadonlyMap<string, ClipWindow>>(new Map())
  const failure = shallowRef<unknown>(null)
  /** A long list is being read. */
  const isChoosing = ref(false)
  let anchor = -1
  watch(() => JSON.stringify(queue.query.value), clear)

  function clear() {
    chosen.value = new Map()
    failure.value = null
    anchor = -1
  }
  async function take(first: number, last: number) {
    const asked = JSON.stringify(queue.query.value)
    isChoosing.value = true
    try {
      const windows = await queue.range(first, last)
      if (asked !== JSON.stringify(queue.query.value)) return
      chosen.value = new Map(windows.map((window) => [windowKey(window), clipOf(window)]))
      failure.value = null
    } catch (error) {
      failure.value = error
    } finally {
      isChoosing.value = false
    }
  }
  function toggle(window: ClipWindow) {
    const next = new Map(chosen.value)
    if (!next.delete(windowKey(window))) next.set(windowKey(window), clipOf(window))
    chosen.value = next
  }
  /** A press: with Shift up to here, with Ctrl this one too or not any more, else it is opened alone. */
  function press(item: ClipWindow, index: number, held: Held) {
    if (held.shiftKey) {
      const from = anchor >= 0 ? anchor : Math.max(0, queue.index.value)
      return void take(Math.min(from, index), Math.max(from, index))
    }
    anchor = index
    if (held.ctrlKey || held.metaKey) return toggle(item)
    clear()
    anchor = index
    queue.open({ at: index, item })
  }
  return {
    chosen,
    isChoosing,
    failure,
    press,
    toggle,
    clear,
    all: () => void take(0, Math.max(0, queue.total.value - 1)),
  }
}

function clipOf({ videoId, start, frames, stride }: ClipWindow): ClipWindow {
  return { videoId, start, frames, stride }
}
