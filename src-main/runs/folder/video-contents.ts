import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Pieces } from '../../base/async/pieces.ts'
import type { Store } from '../../store/store.ts'
import type { ListedVideo } from '../../trainer/process/messages.ts'
import { videoFiles } from './layout.ts'

/** Of a video whose content nobody knows any more. */
const UNKNOWN = '-'

/**
 * Writes beside a copy of a run's list what tells the content of each listed video, as the index
 * knows it now.
 * @param from folder with the list
 * @param to folder for the contents
 */
export async function writeContents(
  store: Store,
  datasetId: number,
  from: string,
  to: string,
): Promise<void> {
  const handle = await open(join(to, videoFiles.contents), 'w')
  try {
    for await (const { path } of listedVideos(from)) {
      await handle.appendFile(`${store.videos.find(datasetId, path)?.hash ?? UNKNOWN}\n`)
    }
  } finally {
    await handle.close()
  }
}

/** How many videos a run's list has; 0 without one. */
export async function countListed(folder: string): Promise<number> {
  let count = 0
  for await (const { path } of listedVideos(folder)) if (path !== '') count++
  return count
}

/**
 * Whether a data set has every video that a run takes: the same path, as many frames and, where it
 * is known of both, the same content.
 * @param folder the run's own, with list and contents
 */
export async function hasAllVideos(
  store: Store,
  datasetId: number,
  folder: string,
): Promise<boolean> {
  const contents = linesOf(join(folder, videoFiles.contents))
  const pieces = new Pieces()
  for await (const { path, frames } of listedVideos(folder)) {
    const content = (await contents.next()).value
    const found = store.videos.find(datasetId, path)
    if (!found || found.frames !== frames) return false
    const isKnown = content !== undefined && content !== UNKNOWN && found.hash !== null
    if (isKnown && content !== found.hash) return false
    await pieces.pause()
  }
  return true
}

async function* listedVideos(folder: string): AsyncGenerator<ListedVideo, void, undefined> {
  for await (const line of linesOf(join(folder, videoFiles.list))) {
    yield JSON.parse(line) as ListedVideo
  }
}

async function* linesOf(file: string): AsyncGenerator<string, undefined, undefined> {
  if (!(await stat(file).catch(() => null))) return
  yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity })
}
