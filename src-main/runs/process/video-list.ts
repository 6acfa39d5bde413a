import { createHash } from 'node:crypto'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Dataset, Video } from '#shared/contract/videos.ts'
import { PartFile } from '../../base/files/atomic-write.ts'
import type { Store } from '../../store/store.ts'
import { READING } from '../../base/reading.ts'
import type { VideoFilter } from '../../store/video-filter.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import type { ListedVideo } from '../../trainer/process/messages.ts'
import type { ListedCorrections } from './listed-corrections.ts'

/** Label of a video whose class is not known; only what needs no label sees it. */
const NO_LABEL = -1

export interface VideoListOptions {
  store: Store
  dataset: Dataset
  filter: VideoFilter
  /** For an evaluation: with the numbers and contents of the videos. Default false. */
  identified?: boolean
  /** Leaves out videos whose class the data set does not know. Default false. */
  labelled?: boolean
  /** Leaves out the videos for which it says no. */
  only?: (video: Video) => boolean
  /** Adds what people decided about masks, and leaves out videos without an allowed clip. */
  corrections?: ListedCorrections
}

export interface WrittenVideoList {
  /** How many there are. */
  videos: number
  /** Of the file: tells this list, in this order, from every other. */
  sha256: string
}

/**
 * Writes the matching videos, in the order of the index, to `file`, page by page so that the host
 * stays alive; after a crash the file is whole or is not there.
 * @throws WorkbenchError when it cannot be written.
 */
export async function writeVideoList(
  file: string,
  options: VideoListOptions,
): Promise<WrittenVideoList> {
  try {
    return await writeWhole(file, options)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkbenchError(
      `The list of videos cannot be written (${reason}). Free disk space or make the folder writable.`,
    )
  }
}

async function writeWhole(file: string, options: VideoListOptions): Promise<WrittenVideoList> {
  await mkdir(dirname(file), { recursive: true })
  const part = new PartFile(file)
  const handle = await open(part.path, 'w')
  try {
    const list = await writePages(handle, options)
    await handle.close()
    await part.keep('all')
    return list
  } catch (error) {
    await handle.close()
    await part.drop()
    throw error
  }
}

async function writePages(
  handle: FileHandle,
  options: VideoListOptions,
): Promise<WrittenVideoList> {
  const {
    store,
    dataset,
    filter,
    identified = false,
    labelled = false,
    only,
    corrections,
  } = options
  const labels = new Map(dataset.classes.map((name, label) => [name, label]))
  const hash = createHash('sha256')
  let videos = 0
  for (const whole of store.videos.pages(filter)) {
    const page = only ? whole.filter(only) : whole
    const all = page.map((video) => ({
      ...toListed(video, labels),
      ...(identified && identityOf(video, store)),
    }))
    const allowed = corrections ? corrections.apply(page, all) : all
    const listed = allowed.filter(({ label }) => !labelled || label !== NO_LABEL)
    const lines = listed.map((video) => `${JSON.stringify(video)}\n`).join('')
    await handle.appendFile(lines)
    hash.update(lines)
    videos += listed.length
  }
  return { videos, sha256: hash.digest('hex') }
}

function toListed(video: Video, labels: ReadonlyMap<string, number>): ListedVideo {
  const { path, frames } = video
  return { path, frames: frames ?? 0, label: labels.get(video.class ?? '') ?? NO_LABEL }
}

/** Features are cached by `content`. */
function identityOf(video: Video, store: Store): Pick<ListedVideo, 'id' | 'content'> {
  const { id, colours, rotation, mirrored } = video
  const { hash, size, modified, reading } = store.videos.identity(id)
  // The rules of before gave the same pictures of these, so that their features are still right.
  const isPlain = reading === READING && colours === null && !rotation && !mirrored
  const rules = isPlain ? '' : ` read by ${READING}`
  return { id, ...(hash !== null && { content: `${hash} ${size} ${modified}${rules}` }) }
}
