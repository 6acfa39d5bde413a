import { computed, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { LibraryView } from '#shared/contract/library.ts'
import { client } from '../../api/client.ts'
import {
  nothingSelected,
  rangeTo,
  selectOne,
  toggle,
  type VideoSelection,
} from './video-selection.ts'

/** Which keys were held at a press. */
export interface Held {
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

/** Choosing many videos of a list; another list starts with none. */
export function useVideoSelection(view: MaybeRefOrGetter<LibraryView>) {
  const selection = shallowRef<VideoSelection>(nothingSelected)
  const ids = computed(() => selection.value.ids)
  const failure = shallowRef<unknown>(null)
  watch(
    () => JSON.stringify(toValue(view)),
    () => clear(),
  )

  function clear() {
    selection.value = nothingSelected
    failure.value = null
  }
  /** Ids of a part of the list, which may lie outside the pages that are loaded. */
  async function take(part: { first?: number; last?: number }, anchor: number) {
    const asked = toValue(view)
    try {
      const found = await client.library.ids({ ...asked, ...part })
      if (JSON.stringify(asked) !== JSON.stringify(toValue(view))) return
      selection.value = { ids: new Set(found), anchor }
    } catch (error) {
      failure.value = error
    }
  }
  /** A press: with Shift up to here, with Ctrl this one too or not any more, else this one alone. */
  function press(id: number, index: number, held: Held): 'one' | 'many' {
    if (held.shiftKey) {
      void take(rangeTo(selection.value, index), selection.value.anchor)
      return 'many'
    }
    if (held.ctrlKey || held.metaKey) {
      selection.value = toggle(selection.value, id, index)
      return 'many'
    }
    selection.value = selectOne(id, index)
    return 'one'
  }
  return {
    ids,
    failure,
    press,
    /** Takes one in, or out again. */
    toggle: (id: number, index: number) => (selection.value = toggle(selection.value, id, index)),
    /** Selects up to here from the last one that was selected by itself. */
    extend: (index: number) => void take(rangeTo(selection.value, index), selection.value.anchor),
    clear,
    selectAll: () => void take({}, 0),
    anchor: computed(() => selection.value.anchor),
  }
}
