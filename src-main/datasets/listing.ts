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
  /** What is wrong with the data set's own files, with file and line. */
  warnings: string[]
}
