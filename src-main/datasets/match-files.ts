import type { Split } from '#shared/contract/videos.ts'
import type { ListedVideo } from './listing.ts'
import type { Warnings } from './warnings.ts'

/** A video file, the name by which lists mean it, and what its folders tell. */
export interface FoundVideo extends ListedVideo {
  key: string
}

/** A line of a list. */
export interface ListEntry {
  /** The `key` of the video that is meant. */
  key: string
  /** What the list calls it, where that is not the key. */
  name?: string
  /** Null where the list has no classes: the folder's holds then. */
  class: string | null
  /** Null where the list leaves the video out of both splits. */
  split: Split | null
  /** What the list is called in warnings. */
  list: string
  /** Counted from 1. */
  line: number
}

export interface PlaceOptions {
  /** What the whole data set is called in warnings. */
  root: string
  reportUnlisted: boolean
  /** Called with each listed file and the entry that holds for it. */
  placed?: (file: FoundVideo, entry: ListEntry) => void
}

/**
 * Gives each file the class and split that the lists have for it. Listed files that are not there,
 * repeated entries and, with `reportUnlisted`, files in no list are warned of; of repeated entries
 * the first holds.
 */
export function placeVideos(
  files: readonly FoundVideo[],
  entries: readonly ListEntry[],
  { root, reportUnlisted, placed }: PlaceOptions,
  warnings: Warnings,
): ListedVideo[] {
  const onDisk = new Set(files.map(({ key }) => key))
  const taken = new Map<string, ListEntry>()
  for (const entry of entries) take(entry, onDisk, taken, warnings)
  const unlisted: FoundVideo[] = []
  const videos = files.map((file) => {
    const entry = taken.get(file.key)
    if (entry) placed?.(file, entry)
    else unlisted.push(file)
    const { path } = file
    return { path, class: entry?.class ?? file.class, split: entry ? entry.split : file.split }
  })
  if (reportUnlisted && unlisted.length > 0) {
    const { path } = unlisted[0]
    const text = `videos that are in no list: ${unlisted.length}, such as ${path}`
    warnings.add('unlisted', root, null, text, unlisted.length)
  }
  return videos
}

function take(
  entry: ListEntry,
  onDisk: ReadonlySet<string>,
  taken: Map<string, ListEntry>,
  warnings: Warnings,
): void {
  const { key, name = key, list, line } = entry
  const first = taken.get(key)
  if (!first) {
    taken.set(key, entry)
    if (!onDisk.has(key)) warnings.add('missing', list, line, `${name} is not on disk`)
  } else if (first.split === entry.split) {
    warnings.add(
      'duplicate',
      list,
      line,
      `${name} is already listed in ${first.list}:${first.line}`,
    )
  } else {
    const where = first.split === null ? 'in neither split' : `in split ${first.split}`
    warnings.add('duplicate', list, line, `${name} is already ${where} and stays there`)
  }
}
