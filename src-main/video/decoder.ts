/**
 * Entry of a decoder process: FFmpeg and picture encoding away from the host, so that a video that
 * crashes or hangs a decoder costs one job. Answers one job at a time.
 */
import sharp from 'sharp'
import type { DecoderJob, DecoderJobs, FromDecoder, ToDecoder } from './decoder-protocol.ts'
import { EnergyJobs } from './energy-jobs.ts'
import { MaskJobs } from './mask-jobs.ts'
import { encodePicture } from './picture.ts'
import { PlaneJobs } from './plane-jobs.ts'
import { probeVideo } from './probe.ts'
import { ReaderCache } from './reader-cache.ts'
import { trueMask } from './true-mask.ts'
import { VideoError } from './video-error.ts'

/** A thumbnail of a long video comes from here at the latest: decoding up to it stays short. */
const LATEST_THUMBNAIL = 300

/** Milliseconds between two signs of life. */
const SIGN_EVERY = 1000

const readers = new ReaderCache()
const masks = new MaskJobs()
const planes = new PlaneJobs()
const energy = new EnergyJobs()

async function thumbnail(path: string, width: number): Promise<Uint8Array> {
  const reader = readers.get(path)
  const middle = Math.min(Math.floor((reader.info.headerFrames ?? 0) / 2), LATEST_THUMBNAIL)
  try {
    return await encodePicture(reader.readFrames([middle]), 'jpeg', width)
  } catch (error) {
    if (!(error instanceof VideoError) || error.kind !== 'out-of-range') throw error
    // The header promised more frames than there are.
    const half = Math.floor(reader.countFrames() / 2)
    return await encodePicture(reader.readFrames([half]), 'jpeg', width)
  }
}

async function perform(
  job: DecoderJob,
  onProgress: () => void,
): Promise<DecoderJobs[DecoderJob['type']]['output']> {
  switch (job.type) {
    case 'probe':
      return probeVideo(job.path, { verify: job.verify, onProgress })
    case 'frames':
      return readers.get(job.path).readFrames(job.indices)
    case 'picture': {
      const frames = readers.get(job.path).readFrames([job.index])
      return await encodePicture(frames, job.format, job.width)
    }
    case 'thumbnail':
      return await thumbnail(job.path, job.width)
    case 'mask':
      return await masks.run(readers.get(job.path), job.request, job.layers)
    case 'planes':
      return planes.planes(readers.get(job.path), job.request)
    case 'fame-mask':
      return planes.fameMask(readers.get(job.path), job.window, job.origin)
    case 'score':
      return planes.score(readers.get(job.path), job.request)
    case 'true-mask':
      return trueMask(readers.get(job.path), job.indices)
    case 'energy':
      return energy.run(readers.get(job.path), job.from, job.milliseconds)
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

async function answer({ id, job }: ToDecoder): Promise<void> {
  try {
    reply({ type: 'done', id, output: await perform(job, signOfLife(id)) })
  } catch (error) {
    const kind = error instanceof VideoError ? error.kind : null
    const message = error instanceof Error ? error.message : String(error)
    reply({ type: 'failed', id, kind, message })
  }
}

sharp.concurrency(1)
process.on('message', (message: ToDecoder) => void answer(message))
process.on('disconnect', () => process.exit(0))
reply({ type: 'ready' })
