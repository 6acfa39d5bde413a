import { useQuery } from '@tanstack/vue-query'
import { computed, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { ClipStrip } from '#shared/contract/clip-strip.ts'
import { api } from '../../../api/client.ts'
import { stripUrl } from '../../../api/pictures.ts'
import { useRunFeed } from './use-run-feed.ts'

/** The newest strip of clips of a run; it changes when its picture is there, so that none flickers. */
export function useClipStrip(id: MaybeRefOrGetter<number>) {
  const { state } = useRunFeed(id)
  const query = useQuery(
    computed(() => api.runs.clipStrip.queryOptions({ input: { id: toValue(id) } })),
  )
  const shown = shallowRef<{ strip: ClipStrip; url: string } | null>(null)

  watch(
    () => state.value.strip,
    (step) => step !== null && void query.refetch(),
  )
  watch(
    () => query.data.value ?? null,
    async (strip, _, onCleanup) => {
      if (!strip) return (shown.value = null)
      let isWanted = true
      onCleanup(() => (isWanted = false))
      const url = stripUrl(toValue(id), strip.step)
      const picture = new Image()
      picture.src = url
      // A picture that cannot be had leaves the last one in sight.
      const there = await picture.decode().then(
        () => true,
        () => false,
      )
      if (!isWanted || !there) return
      // A newer strip may have come in between: its clips must not stand under these names.
      const { data: newest } = await query.refetch()
      if (isWanted && newest?.step === strip.step) shown.value = { strip, url }
    },
    { immediate: true },
  )
  return { shown }
}
