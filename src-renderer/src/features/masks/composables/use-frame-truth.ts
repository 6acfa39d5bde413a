import { useQuery } from '@tanstack/vue-query'
import { refDebounced } from '@vueuse/core'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { decodeRuns } from '#shared/masks/runs.ts'
import { api } from '../../../api/client.ts'

/** A frame that is passed through within this time, in ms, is not asked for. */
const SETTLED = 120

/** The true mask of one frame, once it stands still; null until it is known. */
export function useFrameTruth(frame: MaybeRefOrGetter<{ videoId: number; index: number } | null>) {
  const wanted = computed(() => JSON.stringify(toValue(frame)))
  const settled = refDebounced(wanted, SETTLED)
  const asked = computed(
    () => JSON.parse(settled.value) as { videoId: number; index: number } | null,
  )
  const query = useQuery(
    computed(() =>
      api.masks.truth.queryOptions({
        input: {
          videoId: asked.value?.videoId ?? 0,
          start: asked.value?.index ?? 0,
          frames: 1,
          stride: 1,
        },
        enabled: asked.value !== null,
        staleTime: Infinity,
        gcTime: 60_000,
        retry: false,
      }),
    ),
  )
  return computed(() => {
    const found = query.data.value
    if (!found || asked.value === null || wanted.value !== settled.value) return null
    const { width, height, runs } = found
    return { width, height, data: decodeRuns(runs, width * height) }
  })
}
