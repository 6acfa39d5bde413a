import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { clipLength, type CentreTask } from '../loader/batch-task.ts'
import { ThreadPool } from '../loader/thread-pool.ts'
import type { Encoder } from '../models/encoder.ts'
import type { TrainerVideo } from '../protocol.ts'

/** Features of the clips of many videos. */
export interface ClipFeatures {
  /** Videos that could be read, in the order asked for. */
  videos: TrainerVideo[]
  /** Clips a video, K. */
  clips: number
  /** [videos, K, C], row-major. */
  features: Float32Array
  /** C. */
  size: number
}

export interface ExtractOptions {
  encoder: Encoder
  config: PretrainConfig
  clips: number
  warn: (message: string) => void
  /** Called after each video; `false` ends the extraction. */
  onVideo: (done: number) => Promise<boolean>
}

/** Videos decoded ahead of the encoder. */
const AHEAD = 6

/**
 * Runs the encoder, in evaluation mode, over evenly spaced centre-crop clips of each video. Videos
 * that cannot be read are left out and told to `warn`.
 * @returns null when `onVideo` ended it
 */
export async function extractFeatures(
  videos: readonly TrainerVideo[],
  options: ExtractOptions,
): Promise<ClipFeatures | null> {
  const { encoder, config, clips, warn, onVideo } = options
  const size = encoder.featureSize
  const pool = new ThreadPool<CentreTask, Float32Array>({
    name: 'prepareCentreClips',
    threads: config.loaderThreads,
    videos: [],
  })
  const queue: Promise<Float32Array | Error>[] = []
  const read: TrainerVideo[] = []
  const rows: Float32Array[] = []
  try {
    for (let i = 0; i < videos.length; i++) {
      while (queue.length < AHEAD && i + queue.length < videos.length) {
        queue.push(decode(pool, videos[i + queue.length], clips, config))
      }
      const decoded = await queue.shift()!
      if (decoded instanceof Error) {
        warn(`${videos[i].path} is left out: ${decoded.message}`)
      } else {
        rows.push(encode(encoder, decoded, config))
        read.push(videos[i])
      }
      if (!(await onVideo(i + 1))) return null
    }
  } finally {
    await pool.close()
  }
  const features = new Float32Array(rows.length * clips * size)
  rows.forEach((row, i) => features.set(row, i * clips * size))
  return { videos: read, clips, features, size }
}

async function decode(
  pool: ThreadPool<CentreTask, Float32Array>,
  { path, frames }: TrainerVideo,
  clips: number,
  config: PretrainConfig,
): Promise<Float32Array | Error> {
  try {
    return await pool.run({ path, frames, clips, config })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Features of one video's clips, [K, C]. */
function encode(encoder: Encoder, data: Float32Array, config: PretrainConfig): Float32Array {
  const { frames, size } = config
  const clips = data.length / clipLength(config)
  return encoder.forwardFeatures({ data, shape: [clips, frames, size, size, 3] })
}

/** Mean over the clips of each video: [videos, C]. */
export function meanOverClips({ features, videos, clips, size }: ClipFeatures): Float32Array {
  const means = new Float32Array(videos.length * size)
  for (let v = 0; v < videos.length; v++) {
    for (let k = 0; k < clips; k++) {
      const row = (v * clips + k) * size
      for (let c = 0; c < size; c++) means[v * size + c] += features[row + c] / clips
    }
  }
  return means
}
