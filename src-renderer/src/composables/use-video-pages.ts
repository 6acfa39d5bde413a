import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { Video, VideoQuery } from '#shared/contract/videos.ts'
import { api } from '../api/client.ts'
import { pagesOf } from '../lib/pages.ts'

/** Videos a request. */
export const PAGE = 120

export type VideoFilter = Omit<VideoQuery, 'offset' | 'limit'>

/** Random access to the videos that pass a filter; only the pages in sight are fetched. */
export function useVideoPages(
  filter: MaybeRefOrGetter<VideoFilter>,
  sight: MaybeRefOrGetter<{ first: number; last: number }>,
) {
  const pageOptions = (page: number) =>
    api.videos.query.queryOptions({
      input: { ...toValue(filter), offset: page * PAGE, limit: PAGE },
      placeholderData: page === 0 ? keepPreviousData : undefined,
    })
  const head = useQuery(computed(() => pageOptions(0)))
  const total = computed(() => head.data.value?.total ?? 0)
  const pages = computed(() => pagesOf(toValue(sight), PAGE, total.value))
  const results = useQueries({ queries: computed(() => pages.value.map(pageOptions)) })

  const byIndex = computed(() => {
    const known = new Map<number, Video>()
    head.data.value?.items.forEach((video, i) => known.set(i, video))
    pages.value.forEach((page, at) => {
      results.value[at]?.data?.items.forEach((video, i) => known.set(page * PAGE + i, video))
    })
    return known
  })
  return { total, head, videoAt: (index: number) => byIndex.value.get(index) }
}
