import { nextTick, type Ref } from 'vue'
import { placeAfter } from '../lib/grid-keys.ts'

export interface Roving {
  /** The box that has one element with `data-index` for each place in sight. */
  root: Readonly<Ref<HTMLElement | null>>
  /** Place of the one tab stop. */
  active: Ref<number>
  measure: () => { columns: number; page: number; total: number }
  scrollTo: (index: number) => void
  /** What a key does at a place. */
  onMove: (index: number, event: KeyboardEvent) => void
  onOpen: (index: number) => void
  onSelect: (index: number) => void
}

/** Frames to wait for an element that has been scrolled to. */
const FRAMES = 30

/**
 * One tab stop in a long list: arrows move it, Enter opens, Space selects. Shift makes a move extend
 * the selection, which is for `onMove` to do.
 */
export function useRoving({ root, active, measure, scrollTo, ...on }: Roving) {
  async function focusAt(index: number) {
    active.value = index
    const element = () => root.value?.querySelector<HTMLElement>(`[data-index="${index}"]`)
    if (!element()) scrollTo(index)
    // What is scrolled to is drawn a few frames later.
    for (let i = 0; i < FRAMES && !element(); i++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      await nextTick()
    }
    element()?.focus({ preventScroll: true })
    scrollTo(index)
  }
  function press(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const at = active.value
    if (event.key === 'Enter') on.onOpen(at)
    else if (event.key === ' ') on.onSelect(at)
    else {
      const to = placeAfter(event.key, at, measure())
      if (to === null) return
      void focusAt(to)
      on.onMove(to, event)
    }
    event.preventDefault()
  }
  return { press, focusAt, focusActive: () => focusAt(active.value) }
}
