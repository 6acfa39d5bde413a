import type { TaggedVideo } from '#shared/contract/library.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { formatTable } from '#shared/report/table.ts'

const header = ['video', 'dataset', 'path', 'class', 'split', 'frames', 'fps', 'width', 'height']

/** Selected videos as a table that opens in a spreadsheet. Paths are those below the data set's folder. */
export function videoListCsv(videos: readonly TaggedVideo[], datasets: readonly Dataset[]): string {
  const nameOf = new Map(datasets.map(({ id, name }) => [id, name]))
  const rows = videos.map((v) =>
    [
      ...[v.id, nameOf.get(v.datasetId), v.path, v.class, v.split, v.frames, v.fps],
      ...[v.width, v.height, v.size, v.tags.join(' '), v.error],
    ].map((value) => String(value ?? '')),
  )
  return formatTable({ header: [...header, 'bytes', 'tags', 'error'], rows }, 'csv')
}

/** The same as JSON, with the folders of the data sets. */
export function videoListJson(
  videos: readonly TaggedVideo[],
  datasets: readonly Dataset[],
): string {
  const used = new Set(videos.map(({ datasetId }) => datasetId))
  const sets = datasets
    .filter(({ id }) => used.has(id))
    .map(({ id, name, format, folder }) => ({ id, name, format, folder }))
  return `${JSON.stringify({ datasets: sets, videos }, null, 2)}\n`
}
