import type { TrainerVideo } from '../process/messages.ts'
import type { ClipFeatures, VideoFeatures } from './features.ts'
import { someVideos } from './features.ts'

/** The features of one video in several streams, [K, C] each. */
export interface Joined {
  video: TrainerVideo
  /** Position of the video among those asked for. */
  index: number
  features: Float32Array[]
}

/**
 * Brings streams together that are each in the order of `index`: the videos that are in all of them.
 * It ends with the first stream that ends.
 */
export async function* joinByVideo(
  streams: readonly AsyncGenerator<VideoFeatures, void, undefined>[],
): AsyncGenerator<Joined, void, undefined> {
  const next = (): Promise<IteratorResult<VideoFeatures, void>[]> =>
    Promise.all(streams.map((stream) => stream.next()))
  try {
    let heads = await next()
    for (;;) {
      const videos = heads.flatMap(({ done, value }) => (done || !value ? [] : [value]))
      if (videos.length < streams.length) return
      const last = Math.max(...videos.map(({ index }) => index))
      if (videos.every(({ index }) => index === last)) {
        const features = videos.map((one) => one.features)
        yield { video: videos[0].video, index: last, features }
        heads = await next()
      } else {
        const behind = videos.map(({ index }, i) =>
          index < last ? streams[i].next() : Promise.resolve(heads[i]),
        )
        heads = await Promise.all(behind)
      }
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return()))
  }
}

/** The same videos of each stream: those that could be read in all. */
export function sameVideos(streams: readonly ClipFeatures[]): ClipFeatures[] {
  const [first, ...others] = streams.map(({ videos }) => new Set(videos))
  const common = [...first].filter((video) => others.every((other) => other.has(video)))
  return streams.map((stream) => someVideos(stream, common))
}
