import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { kept, shownOf, type Notice, type NewNotice } from './notices.ts'

/** What has happened while the page was open: shown for a moment, kept in a list. */
export const useNotices = defineStore('notices', () => {
  const all = shallowRef<readonly Notice[]>([])
  /** Ids of those in sight. */
  const open = shallowRef<ReadonlySet<number>>(new Set())
  const seen = ref(0)
  let last = 0
  const shown = computed(() => shownOf(all.value, open.value))
  const unseen = computed(() => all.value.filter(({ id }) => id > seen.value).length)

  function add(notice: NewNotice) {
    const id = ++last
    all.value = kept(all.value, { ...notice, id, at: Date.now() })
    open.value = new Set([...open.value, id])
  }
  /** Takes one out of sight; it stays in the list. */
  function hide(id: number) {
    open.value = new Set([...open.value].filter((one) => one !== id))
  }
  return {
    all,
    shown,
    unseen,
    add,
    hide,
    markSeen: () => (seen.value = last),
    clear: () => ((all.value = []), (open.value = new Set())),
  }
})
