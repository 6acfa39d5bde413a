import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { LibraryView, TaggedVideo } from '#shared/contract/library.ts'
import { api } from '../../../api/client.ts'
import { pagesOf } from '../../../lib/pages.ts'

/** Videos a request. */
export const PAGE = 120
/** Pages out of sight are forgotten after this time in ms: a long list must not fill the memory. */
const FORGET = 30_000

/** Random access to the videos of a list; only the pages in sight are fetched. */
export function useVideoPages(
  view: MaybeRefOrGetter<LibraryView>,
  sight: MaybeRefOrGetter<{ first: number; last: number }>,
) {
  const pageOptions = (page: number) =>
    api.library.page.queryOptions({
      input: { ...toValue(view), offset: page * PAGE, limit: PAGE },
      placeholderData: page === 0 ? keepPreviousData : undefined,
      ...(page > 0 && { gcTime: FORGET }),
    })
  const head = useQuery(computed(() => pageOptions(0)))
  /** null: not known yet. */
  const known = computed(() => head.data.value?.total ?? null)
  const total = computed(() => known.value ?? 0)
  const pages = computed(() => pagesOf(toValue(sight), PAGE, total.value))
  const results = useQueries({ queries: computed(() => pages.value.map(pageOptions)) })

  const byIndex = computed(() => {
    const videos = new Map<number, TaggedVideo>()
    head.data.value?.items.forEach((video, i) => videos.set(i, video))
    pages.value.forEach((page, at) => {
      results.value[at]?.data?.items.forEach((video, i) => videos.set(page * PAGE + i, video))
    })
    return videos
  })
  return { total, known, head, videoAt: (index: number) => byIndex.value.get(index) }
}
