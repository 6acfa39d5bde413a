import { useQuery } from '@tanstack/vue-query'
import { computed, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { ShownVideo } from '#shared/contract/drawn-views.ts'
import type { StartRun } from '#shared/contract/runs.ts'
import { Rng } from '#shared/random/rng.ts'
import { api } from '../../../api/client.ts'
import { viewUrl } from '../../../api/pictures.ts'
import { moved, type Place } from '../lib/shown-video.ts'

/** A run, or what a form would start. */
export type ViewsOf = { runId: number } | { plan: StartRun }

/**
 * The clips of one video of a batch; it changes when all pictures are there, so that none flickers.
 * @param isWanted false asks for nothing
 */
export function useShownVideo(of: MaybeRefOrGetter<ViewsOf>, isWanted: MaybeRefOrGetter<boolean>) {
  const place = ref<Place>({ batch: 0, slot: 0 })
  // While a form changes, its place stays, so that one video shows what a setting does.
  const run = computed(() => {
    const subject = toValue(of)
    return 'runId' in subject ? subject.runId : null
  })
  watch(run, () => (place.value = { batch: 0, slot: 0 }))

  const query = useQuery(
    computed(() => ({
      ...api.runs.views.queryOptions({ input: { of: toValue(of), ...place.value } }),
      enabled: toValue(isWanted),
      retry: false,
    })),
  )
  const shown = shallowRef<ShownVideo | null>(null)
  watch(
    () => query.data.value ?? null,
    async (video, _, onCleanup) => {
      if (!video) return
      let isCurrent = true
      onCleanup(() => (isCurrent = false))
      const pictures = video.views.map((_view, i) => {
        const picture = new Image()
        picture.src = viewUrl(video.key, i)
        return picture.decode()
      })
      await Promise.allSettled(pictures)
      if (isCurrent) shown.value = video
    },
    { immediate: true },
  )

  const rng = new Rng(Date.now())
  const go = (by: number) => {
    if (shown.value) place.value = moved(place.value, by, shown.value)
  }
  return {
    shown,
    isLoading: query.isFetching,
    failure: query.error,
    previous: () => go(-1),
    next: () => go(1),
    random: () => {
      if (!shown.value) return
      const { batches, slots } = shown.value
      place.value = { batch: rng.int(batches), slot: rng.int(slots) }
    },
    /** @param batch from 0; kept within the run */
    goTo: (batch: number) => {
      const last = (shown.value?.batches ?? 1) - 1
      place.value = { batch: Math.min(last, Math.max(0, batch)), slot: 0 }
    },
    retry: () => void query.refetch(),
  }
}
