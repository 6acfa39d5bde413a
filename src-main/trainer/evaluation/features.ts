import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { clipLength, type CentreTask, type ClipGeometry } from '../loader/batch-task.ts'
import { ThreadPool } from '../loader/thread-pool.ts'
import type { Encoder } from '../encoders/encoder.ts'
import type { TrainerVideo } from '../process/messages.ts'
import type { FeatureCache } from './feature-cache.ts'

/** Features of the clips of one video. */
export interface VideoFeatures {
  video: TrainerVideo
  /** Position of the video among those asked for. */
  index: number
  /** [K, C], row-major: K clips, each crop of a clip counted. */
  features: Float32Array
}

/** Features of the clips of many videos. */
export interface ClipFeatures {
  /** Videos that could be read, in the order asked for. */
  videos: TrainerVideo[]
  /** Clips per video, K. */
  clips: number
  /** [videos, K, C], row-major. */
  features: Float32Array
  /** C. */
  size: number
}

/** Numbers that the features of one video have: [K, C]. */
export function featuresPerVideo(
  encoder: Pick<Encoder, 'featureSize'>,
  { clips, crops }: Pick<EvaluationSettings, 'clips' | 'crops'>,
): number {
  return clips * crops * encoder.featureSize
}

export interface ExtractOptions {
  encoder: Encoder
  config: PretrainConfig
  settings: ClipGeometry
  cache: FeatureCache | null
  /** Threads that decode; left out: threads of its own, which end with the extraction. */
  pool?: ThreadPool<CentreTask, Float32Array>
  warn: (message: string) => void
  /** Called after each video, read or not; `false` ends the extraction. */
  onVideo: (done: number) => Promise<boolean>
}

/** Videos decoded ahead of the encoder. */
const AHEAD = 6
/** Clips that pass through the encoder at once: 16 frames of 224 pixels take gigabytes. */
const AT_ONCE = 16

/**
 * Runs the encoder, in evaluation mode, over evenly spaced clips of each video, one video after the
 * other. Videos that cannot be read are left out and told to `warn`; those in the cache are not
 * decoded.
 */
export async function* extractFeatures(
  videos: readonly TrainerVideo[],
  options: ExtractOptions,
): AsyncGenerator<VideoFeatures, void, undefined> {
  const { cache, warn, onVideo } = options
  const ahead = new ClipsAhead(videos, options)
  try {
    for (const [index, video] of videos.entries()) {
      const known = cache?.read(video)
      const features = known ?? (await extractOne(video, ahead.take(index), options))
      if (features instanceof Error) warn(`${video.path} is left out: ${features.message}`)
      else yield { video, index, features }
      if (!(await onVideo(index + 1))) return
    }
  } finally {
    await ahead.close()
  }
}

async function extractOne(
  video: TrainerVideo,
  decoding: Promise<Float32Array | Error>,
  { encoder, config, cache }: ExtractOptions,
): Promise<Float32Array | Error> {
  const decoded = await decoding
  if (decoded instanceof Error) return decoded
  const features = encode(encoder, decoded, config)
  cache?.write(video, features)
  return features
}

/** Threads that cut clips for `extractFeatures`. */
export function centreClipsPool(threads: number): ThreadPool<CentreTask, Float32Array> {
  return new ThreadPool({ name: 'prepareCentreClips', threads, videos: [] })
}

/** Decodes the videos that the cache does not have some places before they are asked for. */
class ClipsAhead {
  private readonly videos: readonly TrainerVideo[]
  private readonly options: ExtractOptions
  private readonly started = new Map<number, Promise<Float32Array | Error>>()
  private ownPool: ThreadPool<CentreTask, Float32Array> | null = null
  private next = 0

  constructor(videos: readonly TrainerVideo[], options: ExtractOptions) {
    this.videos = videos
    this.options = options
  }

  take(index: number): Promise<Float32Array | Error> {
    this.next = Math.max(this.next, index)
    if (!this.started.has(index)) this.started.set(index, this.decode(index))
    while (this.started.size < AHEAD && this.next < this.videos.length) {
      const isMissing = !this.started.has(this.next) && this.next > index
      if (isMissing && !this.options.cache?.has(this.videos[this.next])) {
        this.started.set(this.next, this.decode(this.next))
      }
      this.next++
    }
    const taken = this.started.get(index)!
    this.started.delete(index)
    return taken
  }

  async close(): Promise<void> {
    await this.ownPool?.close()
    await Promise.allSettled(this.started.values())
  }

  private async decode(index: number): Promise<Float32Array | Error> {
    const { config, settings } = this.options
    const pool = this.options.pool ?? (this.ownPool ??= centreClipsPool(config.loaderThreads))
    const { path, frames } = this.videos[index]
    const { clips, crops, testClips, colours } = settings
    try {
      return await pool.run({ path, frames, config, clips, crops, testClips, colours })
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

/** Features of some clips, [K, C]. @param data [K, T, S, S, 3], normalised */
export function encode(encoder: Encoder, data: Float32Array, config: PretrainConfig): Float32Array {
  const { frames, size } = config
  const length = clipLength(config)
  const features = new Float32Array((data.length / length) * encoder.featureSize)
  for (let clip = 0; clip * length < data.length; clip += AT_ONCE) {
    const part = data.subarray(clip * length, (clip + AT_ONCE) * length)
    const shape = [part.length / length, frames, size, size, 3] as const
    features.set(encoder.forwardFeatures({ data: part, shape }), clip * encoder.featureSize)
  }
  return features
}

/** Gathers what a stream gives. @returns null when there is nothing in it */
export async function gatherFeatures(
  stream: AsyncIterable<VideoFeatures>,
  clips: number,
): Promise<ClipFeatures | null> {
  const videos: TrainerVideo[] = []
  const rows: Float32Array[] = []
  for await (const { video, features } of stream) {
    videos.push(video)
    rows.push(features)
  }
  if (rows.length === 0) return null
  const length = rows[0].length
  const features = new Float32Array(rows.length * length)
  rows.forEach((row, i) => features.set(row, i * length))
  return { videos, clips, features, size: length / clips }
}

/** The features of some of the videos. @param wanted all of them, or a part; unreadable ones are not there */
export function someVideos(all: ClipFeatures, wanted: readonly TrainerVideo[]): ClipFeatures {
  const isWanted = new Set(wanted)
  const places = [...all.videos.keys()].filter((place) => isWanted.has(all.videos[place]))
  if (places.length === all.videos.length) return all
  const length = all.clips * all.size
  const features = new Float32Array(places.length * length)
  places.forEach((place, i) => {
    features.set(all.features.subarray(place * length, (place + 1) * length), i * length)
  })
  return { ...all, videos: places.map((place) => all.videos[place]), features }
}

/** Mean over the clips of each video: [videos, C]. */
export function meanOverClips({
  features,
  clips,
  size,
}: Pick<ClipFeatures, 'features' | 'clips' | 'size'>): Float32Array {
  const videos = features.length / (clips * size)
  const means = new Float32Array(videos * size)
  for (let v = 0; v < videos; v++) {
    for (let k = 0; k < clips; k++) {
      const row = (v * clips + k) * size
      for (let c = 0; c < size; c++) means[v * size + c] += features[row + c] / clips
    }
  }
  return means
}
