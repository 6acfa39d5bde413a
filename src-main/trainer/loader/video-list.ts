import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ListedVideo, TrainerVideo, VideoList } from '../process/messages.ts'

export interface ReadVideoList {
  videos: TrainerVideo[]
  /** Of the file: tells this list, in this order, from every other. */
  sha256: string
}

/** @throws Error when the list is missing or damaged. */
export function readVideoList({ file, root }: VideoList): ReadVideoList {
  try {
    const bytes = readFileSync(file)
    const lines = bytes.toString().split('\n').slice(0, -1)
    const videos = lines.map((line) => {
      const listed = JSON.parse(line) as ListedVideo
      return { ...listed, path: join(root, listed.path) }
    })
    return { videos, sha256: createHash('sha256').update(bytes).digest('hex') }
  } catch (error) {
    throw new Error(
      `The list of videos ${file} cannot be read (${(error as Error).message}). ` +
        'Restore it, or start a new run.',
      { cause: error },
    )
  }
}
