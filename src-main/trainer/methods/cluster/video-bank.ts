import { StateError, type StateDict } from '../../networks/weights.ts'
import type { Points } from './points.ts'

/** The newest features of each video that a run has seen, by the video's place in the run's list. */
export class VideoBank {
  private readonly size: number
  private features = new Map<number, Float32Array>()

  /** @param size C, length of a feature vector */
  constructor(size: number) {
    this.size = size
  }

  /** Videos that it has. */
  get count(): number {
    return this.features.size
  }

  /** @param features [B, C], one row a video */
  put(videos: ArrayLike<number>, features: Float32Array): void {
    for (let i = 0; i < videos.length; i++) {
      this.features.set(videos[i], features.slice(i * this.size, (i + 1) * this.size))
    }
  }

  /** The videos that it has, in ascending order, and their features. */
  all(): { videos: number[]; points: Points } {
    const { features, size } = this
    const videos = [...features.keys()].sort((a, b) => a - b)
    const data = new Float32Array(videos.length * size)
    videos.forEach((video, i) => data.set(features.get(video)!, i * size))
    return { videos, points: { data, count: videos.length, size } }
  }

  /** `videos` [N] and `features` [N, C]; nothing while it is empty. */
  stateDict(): StateDict {
    const { videos, points } = this.all()
    if (videos.length === 0) return new Map()
    return new Map([
      ['videos', { shape: [videos.length], data: Float32Array.from(videos) }],
      ['features', { shape: [videos.length, this.size], data: points.data }],
    ])
  }

  /** @throws StateError when the features of the state are of another length. */
  loadState(state: StateDict): void {
    const [videos, features] = [state.get('videos')?.data ?? [], state.get('features')?.data]
    if ((features?.length ?? 0) !== videos.length * this.size) {
      throw new StateError(
        `The state has features of another length than ${this.size}. Resume with the model with which it was saved.`,
      )
    }
    this.features = new Map()
    if (features) this.put(videos, features)
  }
}
