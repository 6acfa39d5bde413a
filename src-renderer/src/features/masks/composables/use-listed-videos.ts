import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useVideoList } from '../../selection/video-list-store.ts'

export type ListedVideos = ReturnType<typeof useListedVideos>

/** Going through the videos that were selected elsewhere. */
export function useListedVideos(options: {
  videoId: MaybeRefOrGetter<number | null>
  open: (videoId: number) => void
}) {
  const store = useVideoList()
  const ids = computed(() => store.list?.ids ?? [])
  /** Place of the open video, from 0; -1 where it is not in the list. */
  const at = computed(() => store.placeOf(toValue(options.videoId)))
  function openAt(place: number) {
    const id = ids.value[place]
    if (id !== undefined) options.open(id)
  }
  return {
    isOpen: computed(() => store.list !== null),
    ids,
    at,
    from: computed(() => store.list?.from ?? ''),
    openAt,
    /** From a video that is not in the list, the first one is next. */
    step: (by: 1 | -1) => openAt(at.value < 0 ? 0 : at.value + by),
    close: store.close,
  }
}
