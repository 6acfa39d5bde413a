import { useMutation } from '@tanstack/vue-query'
import type { LibraryView, TaggedVideo } from '#shared/contract/library.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { client } from '../../../api/client.ts'
import { saveFile } from '../../../lib/save-file.ts'
import { videoListCsv, videoListJson } from '../lib/video-list-file.ts'

/** Videos a request. */
const PAGE = 500

export interface WantedList {
  view: LibraryView
  ids: ReadonlySet<number>
  datasets: readonly Dataset[]
  format: 'csv' | 'json'
}

/** Saves a list of the selected videos, in the order in which they are shown. */
export function useSelectionExport() {
  return useMutation({
    mutationFn: async ({ view, ids, datasets, format }: WantedList) => {
      const videos = await selected(view, ids)
      const text = (format === 'csv' ? videoListCsv : videoListJson)(videos, datasets)
      const type = format === 'csv' ? 'text/csv' : 'application/json'
      saveFile(`videos.${format}`, new Blob([text], { type }))
    },
  })
}

async function selected(view: LibraryView, ids: ReadonlySet<number>): Promise<TaggedVideo[]> {
  const found: TaggedVideo[] = []
  for (let offset = 0; found.length < ids.size; offset += PAGE) {
    const { items } = await client.library.page({ ...view, offset, limit: PAGE })
    if (items.length === 0) break
    found.push(...items.filter(({ id }) => ids.has(id)))
  }
  return found
}
