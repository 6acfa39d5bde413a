import { useQuery } from '@tanstack/vue-query'
import { useIntervalFn } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, toValue, watch } from 'vue'
import type { MaybeRefOrGetter } from 'vue'
import { api } from '../../../api/client.ts'
import { loadPicture } from '../../../api/load-picture.ts'
import { frameUrl } from '../../../api/pictures.ts'
import { Turns } from '../../../lib/limiter.ts'

/** Frames of a clip that are shown, evenly spread. */
const STOPS = 12
/** Between two of them, in ms. */
const PACE = 140
/** Wait before anything is fetched, in ms: what is scrolled by costs nothing. */
const DWELL = 160
/** Pixels. */
const WIDTH = 224

/** Clips that are fetched at a time: many at once would keep the first ones waiting. */
const turns = new Turns(2)

/** A few frames of an indexed video, fetched while it is wanted, that go by in a loop. */
export function useEvaluationClip(options: {
  videoId: MaybeRefOrGetter<number>
  /** Whether it is in sight and is to play. */
  wanted: MaybeRefOrGetter<boolean>
}) {
  const { wanted } = options
  const video = useQuery(
    computed(() =>
      api.videos.get.queryOptions({
        input: { id: toValue(options.videoId) },
        enabled: toValue(wanted),
        staleTime: Infinity,
      }),
    ),
  )
  const pictures = shallowRef<readonly ImageBitmap[]>([])
  const at = ref(0)
  const frames = computed(() => video.data.value?.frames ?? 0)
  const picture = computed(() => pictures.value[at.value] ?? null)
  let controller: AbortController | null = null

  async function load() {
    drop()
    if (!toValue(wanted) || frames.value < 1) return
    const { signal } = (controller = new AbortController())
    await new Promise((resolve) => setTimeout(resolve, DWELL))
    await turns.take(
      () => fetchAll(signal),
      () => !signal.aborted,
    )
  }
  async function fetchAll(signal: AbortSignal) {
    const stops = Math.min(STOPS, frames.value)
    for (let i = 0; i < stops && !signal.aborted; i++) {
      const index = stops === 1 ? 0 : Math.floor((i * (frames.value - 1)) / (stops - 1))
      const url = frameUrl(toValue(options.videoId), index, WIDTH)
      const loaded = await loadPicture(url, signal).catch(() => null)
      if (signal.aborted) loaded?.close()
      else if (loaded) pictures.value = [...pictures.value, loaded]
    }
  }
  function drop() {
    controller?.abort()
    controller = null
    for (const one of pictures.value) one.close()
    pictures.value = []
    at.value = 0
  }
  watch([() => toValue(wanted), frames, () => toValue(options.videoId)], load, { immediate: true })
  useIntervalFn(() => {
    if (pictures.value.length > 1) at.value = (at.value + 1) % pictures.value.length
  }, PACE)
  onScopeDispose(drop)
  return { picture }
}
