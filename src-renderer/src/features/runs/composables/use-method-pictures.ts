import { useQuery } from '@tanstack/vue-query'
import { computed, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { MethodPictures } from '#shared/contract/method-pictures.ts'
import { api } from '../../../api/client.ts'
import { madeUrl } from '../../../api/pictures.ts'
import { useRunFeed } from './use-run-feed.ts'

/**
 * The pictures that a run's method has made. The newest are followed until others are chosen; they
 * change when their raster is there, so that none flickers.
 */
export function useMethodPictures(id: MaybeRefOrGetter<number>, isWanted: () => boolean) {
  const { state } = useRunFeed(id)
  const query = useQuery(
    computed(() => ({
      ...api.runs.pictures.queryOptions({ input: { id: toValue(id) } }),
      enabled: isWanted(),
    })),
  )
  const all = computed(() => query.data.value ?? [])
  /** A step that somebody has chosen; null for the newest. */
  const chosen = ref<number | null>(null)
  const place = computed(() => {
    const found = all.value.findIndex(({ step }) => step === chosen.value)
    return found < 0 ? all.value.length - 1 : found
  })
  const shown = shallowRef<{ pictures: MethodPictures; url: string } | null>(null)
  /** Why the wanted pictures are not shown, where their raster could not be had. */
  const lost = shallowRef<Error | null>(null)
  /** Grows with every new try. */
  const tries = ref(0)

  watch(
    () => toValue(id),
    () => {
      chosen.value = null
      shown.value = null
    },
  )
  watch(
    () => state.value.pictures,
    (step) => step !== null && void query.refetch(),
  )
  watch(
    [() => all.value[place.value] ?? null, tries] as const,
    async ([pictures], _, onCleanup) => {
      lost.value = null
      if (!pictures) return (shown.value = null)
      let isNewest = true
      onCleanup(() => (isNewest = false))
      const url = madeUrl(toValue(id), pictures.step)
      const isThere = await isReadable(url)
      if (!isNewest) return
      if (isThere) shown.value = { pictures, url }
      // The last pictures stay in sight, with the step that they are of.
      else
        lost.value = new Error(`The workbench sent no readable picture of step ${pictures.step}.`)
    },
    { immediate: true },
  )
  return {
    all,
    place,
    shown,
    failure: computed(() => query.error.value ?? lost.value),
    isLoaded: query.isSuccess,
    retry: async () => {
      await query.refetch()
      tries.value += 1
    },
    /** Shows the pictures in a place of the list; the last place follows the newest. */
    choose: (at: number) => {
      chosen.value = at >= all.value.length - 1 ? null : (all.value[at]?.step ?? null)
    },
  }
}

/** Fetches and decodes a picture, which the page then has at hand. */
async function isReadable(url: string): Promise<boolean> {
  const picture = new Image()
  picture.src = url
  return picture.decode().then(
    () => true,
    () => false,
  )
}
