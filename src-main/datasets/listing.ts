import type { DatasetFormat, WarningCounts } from '#shared/contract/indexing.ts'
import type { Video } from '#shared/contract/videos.ts'

/** A file that a data set's folder has, before anything is known of what is in it. */
export type ListedVideo = Pick<Video, 'path' | 'class' | 'split'>

export interface Listing {
  name: string
  /** Absolute; the paths of `videos` are relative to it, with forward slashes. */
  folder: string
  videos: ListedVideo[]
  /** Folders that could not be read, relative as well: what lies in them is unknown, not gone. */
  unread: string[]
  /** Hidden folders, relative too, which were not gone into. */
  hidden: string[]
  /** What is wrong with the data set's own files, with file and line. */
  warnings: string[]
  /** The same, counted; `warnings` tells only the first of very many. */
  counts: WarningCounts
}

/** Where a data set lies. */
export interface Source {
  /** Absolute, without links. */
  folder: string
  /** Folder of the lists, absolute, where it was named. */
  annotations: string | null
  /** Which of the authors' splits; 1 where there is but one. */
  splitList: number
}

/** One layout of videos and lists. */
export interface Format {
  format: DatasetFormat
  /** What tells a folder of this format, for a sentence beginning with "it": null where nothing does. */
  recognise(source: Source): Promise<string | null>
  /** @throws WorkbenchError when the folder does not hold such a data set. */
  list(source: Source): Promise<Listing>
}
