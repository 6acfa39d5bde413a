/**
 * Entry of a decoder process: FFmpeg and picture encoding away from the host, so that a video that
 * crashes or hangs a decoder costs one job. Answers one job at a time, and a near picture beside it.
 */
import { setImmediate } from 'node:timers/promises'
import sharp from 'sharp'
import type {
  ClipPlace,
  DecoderJob,
  DecoderJobs,
  FromDecoder,
  ToDecoder,
} from './decoder-protocol.ts'
import { EnergyJobs } from '../masks/jobs/energy-jobs.ts'
import { MaskJobs } from '../masks/jobs/mask-jobs.ts'
import { PictureJobs, sizeOf } from './picture-jobs.ts'
import type { Drive } from './picture-jobs.ts'
import { encodePicture } from './picture.ts'
import { PlaneJobs } from '../masks/jobs/plane-jobs.ts'
import { probeVideo } from './probe.ts'
import { ReaderCache } from './reader-cache.ts'
import type { VideoReader } from './reader.ts'
import { trueMask } from '../masks/jobs/true-mask.ts'
import { VideoError } from './video-error.ts'

/** A thumbnail of a long video comes from here at the latest: decoding up to it stays short. */
const LATEST_THUMBNAIL = 300

/** Milliseconds between two signs of life. */
const SIGN_EVERY = 1000

/** Milliseconds of decoding between two looks at what else there is to do. */
const SLICE = 4

const readers = new ReaderCache()
const masks = new MaskJobs()
const planes = new PlaneJobs()
const energy = new EnergyJobs()
const pictures = new PictureJobs()
/** Of the jobs in hand. */
const cancels = new Map<number, AbortController>()

interface JobContext {
  /** To be called often, to show that the job goes on. */
  onProgress: () => void
  drive: Drive
}

async function thumbnail(
  reader: VideoReader,
  width: number,
  { drive }: JobContext,
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

/** Decodes to a clip, but where its frames are kept. */
async function approachClip(
  reader: VideoReader,
  clip: ClipPlace & { size: number },
  { drive }: JobContext,
): Promise<void> {
  if (!planes.keeps(reader, clip)) await drive(reader.approach(clip.start))
}

async function perform(
  job: DecoderJob,
  context: JobContext,
): Promise<DecoderJobs[DecoderJob['type']]['output']> {
  if (job.type === 'probe') {
    return probeVideo(job.path, { verify: job.verify, onProgress: context.onProgress })
  }
  if (job.type === 'energy') return energy.run(job.path, job.from, job.milliseconds)
  return await readers.use(job.path, async (reader) => {
    switch (job.type) {
      case 'frames':
        return reader.readFrames(job.indices)
      case 'picture':
        return await pictures.run(reader, job, context.drive)
      case 'thumbnail':
        return await thumbnail(reader, job.width, context)
      case 'mask':
        return await masks.run(reader, job.request, job.layers)
      case 'planes':
        await approachClip(reader, job.request, context)
        return planes.planes(reader, job.request)
      case 'fame-mask':
        await approachClip(reader, { ...job.window, size: job.origin.size }, context)
        return planes.fameMask(reader, job.window, job.origin)
      case 'score':
        await approachClip(reader, job.request, context)
        return planes.score(reader, job.request)
      case 'true-mask':
        await context.drive(reader.approach(Math.min(...job.indices)))
        return trueMask(reader, job.indices)
    }
  })
}

/** The end of the decoding under way: two at once would drag a reader to and fro. */
let driving: Promise<unknown> = Promise.resolve()

/** Goes through a decoding in slices, so that a near picture or the end of the job can come between. */
function driver({ onProgress }: Pick<JobContext, 'onProgress'>, signal: AbortSignal): Drive {
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
        await setImmediate()
        if (signal.aborted) throw new VideoError('cancelled', 'The request was cancelled.')
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

async function answer(id: number, job: DecoderJob): Promise<void> {
  const cancel = new AbortController()
  cancels.set(id, cancel)
  const onProgress = signOfLife(id)
  const drive = driver({ onProgress }, cancel.signal)
  try {
    reply({ type: 'done', id, output: await perform(job, { onProgress, drive }) })
  } catch (error) {
    const kind = error instanceof VideoError ? error.kind : null
    const message = error instanceof Error ? error.message : String(error)
    reply({ type: 'failed', id, kind, message })
  } finally {
    cancels.delete(id)
  }
}

function receive(message: ToDecoder): void {
  if (message.type === 'cancel') cancels.get(message.id)?.abort()
  else void answer(message.id, message.job)
}

sharp.concurrency(1)
process.on('message', receive)
process.on('disconnect', () => process.exit(0))
reply({ type: 'ready' })
