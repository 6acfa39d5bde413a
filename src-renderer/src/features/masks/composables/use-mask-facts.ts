import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { BetaScope, ClipWindow } from '#shared/contract/mask-windows.ts'
import type { Video } from '#shared/contract/videos.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { api, client } from '../../../api/client.ts'

/** What is kept about a clip and its video: windows, foreground ratios, the true mask. */
export function useMaskFacts(options: {
  video: () => Video | undefined
  window: () => ClipWindow | null
}) {
  const queries = useQueryClient()
  const videoId = computed(() => options.video()?.id ?? null)
  const windows = useQuery(
    computed(() =>
      api.masks.windows.queryOptions({
        input: { videoId: videoId.value ?? 0 },
        enabled: videoId.value !== null,
      }),
    ),
  )
  const kept = computed(() => windows.data.value ?? [])
  const own = computed(() => {
    const window = options.window()
    return window ? (kept.value.find((one) => isSame(one, window)) ?? null) : null
  })

  const betaList = useQuery(api.masks.betas.list.queryOptions())
  const classScope = computed<BetaScope | null>(() => {
    const video = options.video()
    if (!video) return null
    return { scope: 'class', datasetId: video.datasetId, class: video.class ?? '' }
  })
  /** Foreground ratios kept for what the clip belongs to; null where none is. */
  const betas = computed(() => {
    const list = betaList.data.value ?? []
    const ofClass = classScope.value
    const inClass = list.find(
      ({ of }) =>
        of.scope === 'class' &&
        ofClass?.scope === 'class' &&
        of.datasetId === ofClass.datasetId &&
        of.class === ofClass.class,
    )
    return {
      clip: own.value?.beta ?? null,
      class: inClass?.beta ?? null,
      project: list.find(({ of }) => of.scope === 'project')?.beta ?? null,
    }
  })
  const isKnown = computed(
    () => betaList.data.value !== undefined && windows.data.value !== undefined,
  )

  async function setBeta(of: BetaScope, beta: number | null) {
    const list = await client.masks.betas.set({ of, beta })
    queries.setQueryData(api.masks.betas.list.queryKey(), list)
  }
  const refresh = () => queries.invalidateQueries({ queryKey: api.masks.windows.key() })

  const truth = useClipTruth(options.window)
  return { kept, betas, isKnown, classScope, setBeta, truth, refresh }
}

/** The true mask of a clip, at the video's size; null where there is none. */
function useClipTruth(window: () => ClipWindow | null) {
  const answer = useQuery(
    computed(() =>
      api.masks.truth.queryOptions({
        input: window() ?? { videoId: 0, start: 0, frames: 2, stride: 1 },
        enabled: window() !== null,
        staleTime: Infinity,
        retry: false,
      }),
    ),
  )
  return computed(() => {
    const found = answer.data.value
    if (!found) return null
    const { width, height, runs } = found
    return { width, height, data: decodeRuns(runs, width * height) }
  })
}

function isSame(a: ClipWindow, b: ClipWindow): boolean {
  return (
    a.videoId === b.videoId && a.start === b.start && a.frames === b.frames && a.stride === b.stride
  )
}
