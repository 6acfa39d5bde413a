/**
 * A decoder process: FFmpeg and picture encoding away from the host, so that a video that crashes or
 * hangs a decoder costs one job.
 */
import { setImmediate } from 'node:timers/promises'
import sharp from 'sharp'
import type {
  DecoderJob,
  DecoderJobs,
  DecoderJobType,
  FromDecoder,
  ToDecoder,
} from './decoder-protocol.ts'
import { PictureJobs, sizeOf } from './picture-jobs.ts'
import type { Drive } from './picture-jobs.ts'
import { encodePicture } from './picture.ts'
import { probeVideo } from './probe.ts'
import { ReaderCache } from './reader-cache.ts'
import type { VideoReader } from './reader.ts'
import { VideoError } from './video-error.ts'

/** A thumbnail of a long video comes from here at the latest: decoding up to it stays short. */
const LATEST_THUMBNAIL = 300

/** Milliseconds between two signs of life. */
const SIGN_EVERY = 1000

/** Milliseconds of decoding between two looks at what else there is to do. */
const SLICE = 4

const readers = new ReaderCache()
const pictures = new PictureJobs()
/** Of the jobs in hand. */
const cancels = new Map<number, AbortController>()

/** What a job is done with. */
export interface JobTools {
  /** The readers used last; a job that reads frames here and there takes one of them. */
  readers: ReaderCache
  /** To be called often, to show that the job goes on. */
  onProgress: () => void
  drive: Drive
  /**
   * To be awaited between the parts of a long job, so that a cancellation is heard.
   * @throws VideoError when the job was cancelled
   */
  checkWanted: () => Promise<void>
}

/** How each of some kinds of job is done. */
export type JobTable<K extends DecoderJobType> = {
  [Kind in K]: (
    job: DecoderJobs[Kind]['input'],
    tools: JobTools,
  ) => DecoderJobs[Kind]['output'] | Promise<DecoderJobs[Kind]['output']>
}

async function thumbnail(
  reader: VideoReader,
  width: number,
  { drive }: JobTools,
): Promise<Uint8Array> {
  const size = sizeOf(reader, { width })
  const middle = Math.min(Math.floor((reader.info.headerFrames ?? 0) / 2), LATEST_THUMBNAIL)
  try {
    await drive(reader.approach(middle))
    return await encodePicture(reader.readFramesScaled([middle], size), 'jpeg')
  } catch (error) {
    if (!(error instanceof VideoError) || error.kind !== 'out-of-range') throw error
    // The header promised more frames than there are.
    const half = Math.floor(reader.countFrames() / 2)
    return await encodePicture(reader.readFramesScaled([half], size), 'jpeg')
  }
}

const videoJobs: JobTable<'probe' | 'frames' | 'picture' | 'thumbnail'> = {
  probe: ({ path, verify }, { onProgress }) => probeVideo(path, { verify, onProgress }),
  frames: ({ path, indices }) => readers.use(path, (reader) => reader.readFrames(indices)),
  picture: (job, { drive }) => readers.use(job.path, (reader) => pictures.run(reader, job, drive)),
  thumbnail: ({ path, width }, tools) =>
    readers.use(path, (reader) => thumbnail(reader, width, tools)),
}

/** The end of the current decoding: two at once would drag a reader to and fro. */
let driving: Promise<unknown> = Promise.resolve()

/** Takes in what the host has sent. @throws VideoError when that cancels the job */
async function checkWanted(signal: AbortSignal): Promise<void> {
  await setImmediate()
  if (signal.aborted) throw new VideoError('cancelled', 'The request was cancelled.')
}

/** Goes through a decoding in slices, so that a near picture or the end of the job can come between. */
function driver({ onProgress }: Pick<JobTools, 'onProgress'>, signal: AbortSignal): Drive {
  return async (steps) => {
    const before = driving
    const { promise, resolve } = Promise.withResolvers<null>()
    driving = promise
    await before
    try {
      let started = performance.now()
      while (!steps.next().done) {
        onProgress()
        if (performance.now() - started < SLICE) continue
        await checkWanted(signal)
        started = performance.now()
      }
    } finally {
      resolve(null)
    }
  }
}

/** To be called often while a job goes on: tells the host, but not too often. */
function signOfLife(id: number): () => void {
  let last = Date.now()
  return () => {
    const now = Date.now()
    if (now - last < SIGN_EVERY) return
    last = now
    reply({ type: 'progress', id })
  }
}

function reply(message: FromDecoder): void {
  process.send?.(message)
}

async function answer(id: number, job: DecoderJob, table: WholeTable): Promise<void> {
  const cancel = new AbortController()
  cancels.set(id, cancel)
  const onProgress = signOfLife(id)
  const drive = driver({ onProgress }, cancel.signal)
  try {
    const perform = table[job.type] as (job: DecoderJob, tools: JobTools) => unknown
    const tools = { readers, onProgress, drive, checkWanted: () => checkWanted(cancel.signal) }
    reply({ type: 'done', id, output: await perform(job, tools) })
  } catch (error) {
    const kind = error instanceof VideoError ? error.kind : null
    const message = error instanceof Error ? error.message : String(error)
    reply({ type: 'failed', id, kind, message })
  } finally {
    cancels.delete(id)
  }
}

type WholeTable = JobTable<DecoderJobType>

/**
 * Answers the jobs of the host that has started this process: one at a time, and a near picture
 * beside it.
 * @param others how the jobs are done that are not about decoding alone
 */
export function serveDecoder(others: Omit<WholeTable, keyof typeof videoJobs>): void {
  const table: WholeTable = { ...videoJobs, ...others }
  sharp.concurrency(1)
  process.on('message', (message: ToDecoder) => {
    if (message.type === 'cancel') cancels.get(message.id)?.abort()
    else void answer(message.id, message.job, table)
  })
  process.on('disconnect', () => process.exit(0))
  reply({ type: 'ready' })
}
