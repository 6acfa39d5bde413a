import type { VideoQuery } from '#shared/contract/videos.ts'

export type VideoFilter = Pick<
  VideoQuery,
  'datasetId' | 'class' | 'split' | 'search' | 'damaged'
> & {
  /** Only videos that can be trained on: no error, and frames counted. */
  readable?: boolean
}

/** What SQLite calls the index of the table's UNIQUE (dataset_id, path). */
const UNIQUE_INDEX = 'sqlite_autoindex_videos_1'

/** What to select from and the values it names. */
export interface Condition {
  source: string
  values: Record<string, unknown>
}

/**
 * The rows of a filter, by the index that leads to the fewest: SQLite, which knows no statistics of
 * a growing table, would sort or walk whole data sets.
 */
export function condition(filter: VideoFilter): Condition {
  const { datasetId, search, ...rest } = filter
  const index =
    rest.class !== undefined
      ? 'videos_by_class'
      : rest.damaged
        ? 'damaged_videos'
        : rest.split !== undefined && datasetId !== undefined
          ? 'videos_by_split'
          : UNIQUE_INDEX
  const dataset = datasetId === undefined ? 'IN (SELECT id FROM datasets)' : '= :datasetId'
  const parts = [`dataset_id ${dataset}`, ...shared(rest)]
  if (rest.damaged) parts.push('error IS NOT NULL')
  if (rest.readable) parts.push('error IS NULL AND frames > 0')
  if (search) parts.push(`path LIKE :pattern ESCAPE '\\'`)
  return {
    source: `videos INDEXED BY ${index} WHERE ${parts.join(' AND ')}`,
    values: { ...rest, datasetId, pattern: likePattern(search ?? '') },
  }
}

/** The same over `video_counts`, for filters without `search`. */
export function countCondition(filter: VideoFilter): Condition {
  const parts = ['true', ...shared(filter)]
  if (filter.datasetId !== undefined) parts.push('dataset_id = :datasetId')
  if (filter.damaged) parts.push('damaged')
  if (filter.readable) parts.push('readable')
  return { source: `video_counts WHERE ${parts.join(' AND ')}`, values: filter }
}

function shared(filter: VideoFilter): string[] {
  const parts: string[] = []
  if (filter.class !== undefined) parts.push('class = :class')
  if (filter.split !== undefined) parts.push('split = :split')
  return parts
}

function likePattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`
}
