import { nextTick, ref } from 'vue'
import type { TaggedVideo } from '#shared/contract/library.ts'
import type { LibraryPlace } from '../lib/library-place.ts'
import type { useVideoSelection } from '../../selection/use-video-selection.ts'

export interface LibraryListOptions {
  selection: ReturnType<typeof useVideoSelection>
  videoAt: (index: number) => TaggedVideo | undefined
  total: () => number
  /** The video that is open. */
  selected: () => number | null
  go: (to: Partial<LibraryPlace>, options?: { passing?: boolean }) => void
  /** Grid or table. */
  list: () => { focusActive: () => Promise<void> } | null
}

/** What keys and presses do in the list of videos: move the tab stop, select, open and close. */
export function useLibraryList({
  selection,
  videoAt,
  total,
  selected,
  go,
  list,
}: LibraryListOptions) {
  /** Place of the card or row that Tab reaches. */
  const active = ref(0)
  /** Whether a video that opens takes the focus. */
  const takesFocus = ref(true)

  function press(id: number, index: number, event: MouseEvent) {
    active.value = index
    if (selection.press(id, index, event) === 'one') show(id)
  }
  function show(id: number, { focus = true } = {}) {
    takesFocus.value = focus
    go({ video: id }, { passing: selected() !== null })
  }
  function open(index: number) {
    const video = videoAt(index)
    if (!video) return
    selection.press(video.id, index, { shiftKey: false, ctrlKey: false, metaKey: false })
    show(video.id)
  }
  function toggle(index: number) {
    const video = videoAt(index)
    if (video) selection.toggle(video.id, index)
  }
  /** The tab stop has moved: Shift extends the selection, and an open video is followed by the next. */
  function follow(index: number, event: KeyboardEvent) {
    const video = videoAt(index)
    if (event.shiftKey) selection.extend(index)
    else if (video && selected() !== null) show(video.id, { focus: false })
  }
  function move(by: number) {
    active.value = Math.max(0, Math.min(total() - 1, active.value + by))
    open(active.value)
  }
  async function close() {
    const single = selection.ids.value.size === 1
    go({ video: null })
    // It was selected by being opened.
    if (single) selection.clear()
    await nextTick()
    await list()?.focusActive()
  }
  function closeOrClear() {
    if (selected() !== null) void close()
    else selection.clear()
  }
  return { active, takesFocus, press, open, toggle, follow, move, close, closeOrClear }
}
