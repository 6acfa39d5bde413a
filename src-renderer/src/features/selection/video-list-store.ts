import { useSessionStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

/** Longer lists are not kept over a reload: the page may only store some megabytes. */
const MOST_KEPT = 50_000

export interface VideoList {
  /** In the order in which they are gone through. */
  ids: readonly number[]
  /** Where they were selected, e.g. "Library". */
  from: string
}

/** Videos that were selected somewhere to be gone through in Masks. */
export const useVideoList = defineStore('video-list', () => {
  const kept = useSessionStorage<VideoList | null>('fame.video-list', null, {
    serializer: { read: (text) => JSON.parse(text) as VideoList, write: JSON.stringify },
  })
  const list = shallowRef(kept.value)
  watch(list, (now) => (kept.value = now && now.ids.length <= MOST_KEPT ? now : null))
  const places = computed(() => new Map(list.value?.ids.map((id, place) => [id, place])))
  return {
    list,
    /** Place of a video in the list, from 0; -1 where it is not in it. */
    placeOf: (id: number | null) => (id === null ? -1 : (places.value.get(id) ?? -1)),
    open: (videos: VideoList) => (list.value = videos),
    close: () => (list.value = null),
  }
})
