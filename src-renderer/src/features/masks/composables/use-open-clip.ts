import { ORPCError } from '@orpc/client'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, watch, type Ref } from 'vue'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { lastStart } from '#shared/fame/clip-window.ts'
import { api } from '../../../api/client.ts'
import { allowedShape } from '../lib/mask-place.ts'
import { fitted, type TimeWindow } from '../lib/timeline.ts'
import { useMaskPlace } from './use-mask-place.ts'

export type OpenClip = ReturnType<typeof useOpenClip>

/** The video and the clip that are looked at: those of the address, the last ones, or the first there is. */
export function useOpenClip() {
  const { place, go, spell } = useMaskPlace()
  const first = useQuery(api.videos.query.queryOptions({ input: { limit: 50 } }))
  const fallback = computed(() => first.data.value?.items.find(({ error }) => error === null))
  const videoId = computed(() => place.value.videoId ?? fallback.value?.id ?? null)
  const { details, isUnknown } = useVideoDetails(videoId, {
    spell,
    giveUp: () => fallback.value && go({ videoId: fallback.value.id, start: 0 }),
  })
  const video = computed(() => {
    const known = details.data.value
    return known?.id === videoId.value ? known : undefined
  })
  /** The video where its frames can be had. */
  const readable = computed(() => (video.value?.error === null ? video.value : undefined))
  const count = computed(() => details.data.value?.frames ?? 0)
  const clip = computed<TimeWindow>(() => {
    const shape = { frames: place.value.frames, stride: place.value.stride }
    const most = count.value > 0 ? lastStart(shape, count.value) : place.value.start
    return { ...shape, start: Math.min(place.value.start, most) }
  })
  const clipWindow = computed<ClipWindow | null>((before) => {
    if (!readable.value) return null
    const now = { videoId: readable.value.id, ...clip.value }
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
  })
  function setClip(to: TimeWindow) {
    const shape = count.value > 1 ? fitted(allowedShape(to), count.value) : allowedShape(to)
    const start = Math.max(0, Math.min(lastStart(shape, count.value), Math.round(to.start)))
    go({ videoId: videoId.value, ...shape, start })
  }
  const failure = computed(
    () => details.error.value ?? (video.value?.error ? new Error(video.value.error) : null),
  )
  const isEmpty = computed(() => first.data.value !== undefined && videoId.value === null)
  return {
    go,
    setClip,
    videoId,
    readable,
    count,
    clip,
    clipWindow,
    failure,
    isEmpty,
    isUnknown,
    /** The video, or while it is on its way the one before. */
    shown: details.data,
  }
}

/**
 * What the host knows of the video.
 * @param on.spell writes it into the address; whether nobody had asked for it
 * @param on.giveUp it was remembered, and has left the library meanwhile
 */
function useVideoDetails(
  videoId: Readonly<Ref<number | null>>,
  on: { spell: (id: number) => boolean; giveUp: () => void },
) {
  /** Whether the video is the one that was open last, and nobody asked for it. */
  let isRemembered = false
  watch(videoId, (id) => (isRemembered = id !== null && on.spell(id)), { immediate: true })
  const details = useQuery(
    computed(() =>
      api.videos.get.queryOptions({
        input: { id: videoId.value ?? 0 },
        enabled: videoId.value !== null,
        staleTime: 30_000,
        placeholderData: keepPreviousData,
        retry: false,
      }),
    ),
  )
  // It may have left the library meanwhile.
  watch(details.error, (error) => {
    if (error && isRemembered) on.giveUp()
  })
  /** The address names a video that the project does not have. */
  const isUnknown = computed(() => isNotFound(details.error.value) && !isRemembered)
  return { details, isUnknown }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ORPCError && error.code === 'NOT_FOUND'
}
