import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { StateError, type StateDict } from '../../networks/weights.ts'
import { normalisedMutualInformation } from './agreement.ts'
import type { Clustering } from './k-means.ts'
import { normalised, type Normalisation } from './points.ts'

/** What is shown of a clustering. */
export interface Figures {
  /** Normalised mutual information with the clustering before; null for the first one. */
  nmi: number | null
  /** Clusters without a video. */
  empty: number
  /** Share of the videos that the largest cluster has. */
  largest: number
}

/** No clustering yet, or none before. */
const NONE = -1
const SEED = 0x636c7573

/**
 * The clusters of videos, which serve as their classes. Before the first clustering, a video has a class
 * at random; a video that was not clustered has the class of the nearest centroid, until the next one.
 */
export class Assignments {
  private readonly clusters: number
  private readonly size: number
  /** The epoch at whose start the videos were clustered last. */
  private epoch = NONE
  private labels = new Map<number, number>()
  private sizes: Int32Array
  private centroids: Float32Array
  private normalisation: Normalisation
  private nmi: number = NONE

  /** @param options k, and C, the length of a feature vector */
  constructor({ clusters, size }: { clusters: number; size: number }) {
    this.clusters = clusters
    this.size = size
    this.sizes = new Int32Array(clusters)
    this.centroids = new Float32Array(clusters * size)
    this.normalisation = {
      centre: new Float32Array(size),
      scale: new Float32Array(size).fill(1),
    }
  }

  get clusteredAt(): number | null {
    return this.epoch === NONE ? null : this.epoch
  }

  /** Null before the first clustering. */
  get figures(): Figures | null {
    if (this.epoch === NONE) return null
    const total = this.sizes.reduce((sum, size) => sum + size, 0)
    return {
      nmi: this.nmi === NONE ? null : this.nmi,
      empty: this.sizes.filter((size) => size === 0).length,
      largest: Math.max(...this.sizes) / total,
    }
  }

  /** Takes the clusters of an epoch in. @param videos that were clustered, [N] */
  replace(
    epoch: number,
    videos: readonly number[],
    { centroids, labels, sizes }: Clustering,
    normalisation: Normalisation,
  ): void {
    const before = videos.flatMap((video, i) => {
      const label = this.labels.get(video)
      return label === undefined ? [] : [{ was: label, is: labels[i] }]
    })
    const isFirst = this.epoch === NONE || before.length === 0
    this.nmi = isFirst
      ? NONE
      : normalisedMutualInformation(
          before.map(({ was }) => was),
          before.map(({ is }) => is),
        )
    this.epoch = epoch
    this.centroids = centroids
    this.normalisation = normalisation
    this.sizes = sizes
    this.labels = new Map(videos.map((video, i) => [video, labels[i]]))
  }

  /** The class of each video of a batch, [B]. @param features [B, C] */
  classesOf(videos: ArrayLike<number>, features: Float32Array): number[] {
    const { size } = this
    return Array.from(videos, (video, i) => {
      const known = this.labels.get(video)
      if (known !== undefined) return known
      if (this.epoch === NONE) return new Rng(deriveSeed(SEED, video)).int(this.clusters)
      const label = this.nearest(features.subarray(i * size, (i + 1) * size))
      this.labels.set(video, label)
      return label
    })
  }

  /** Weights that make every cluster with videos count equally; 1 in the mean over the videos. */
  weightsOf(classes: readonly number[]): number[] {
    const total = this.sizes.reduce((sum, size) => sum + size, 0)
    const filled = this.sizes.filter((size) => size > 0).length
    return classes.map((label) => {
      return this.sizes[label] > 0 ? total / (filled * this.sizes[label]) : 1
    })
  }

  /** `centroids` [k, C], `centre` and `scale` [C], `sizes` [k], `figures`; by video `videos`, `labels`. */
  stateDict(): StateDict {
    const { labels, clusters, size, normalisation } = this
    const videos = [...labels.keys()].sort((a, b) => a - b)
    const entry = (data: Float32Array, shape: number[] = [data.length]) => ({ shape, data })
    const state: StateDict = new Map([
      ['centroids', entry(this.centroids.slice(), [clusters, size])],
      ['centre', entry(normalisation.centre.slice())],
      ['scale', entry(normalisation.scale.slice())],
      ['sizes', entry(Float32Array.from(this.sizes))],
      ['figures', entry(Float32Array.of(this.epoch, this.nmi))],
    ])
    if (videos.length === 0) return state
    state.set('videos', entry(Float32Array.from(videos)))
    state.set('labels', entry(Float32Array.from(videos, (video) => labels.get(video)!)))
    return state
  }

  /** @throws StateError when the state has another number of clusters or features of another length. */
  loadState(state: StateDict): void {
    const { clusters, size } = this
    const read = (name: string): Float32Array => state.get(name)?.data ?? new Float32Array(0)
    const [centroids, centre, scale, sizes, figures] = [
      'centroids',
      'centre',
      'scale',
      'sizes',
      'figures',
    ].map(read)
    if (centroids.length !== clusters * size || sizes.length !== clusters || figures.length !== 2) {
      throw new StateError(
        `The state has no ${clusters} clusters of features of length ${size}. Resume with the model and number of clusters with which it was saved.`,
      )
    }
    this.centroids = centroids.slice()
    this.normalisation = { centre: centre.slice(), scale: scale.slice() }
    this.sizes = Int32Array.from(sizes)
    ;[this.epoch, this.nmi] = figures
    const labels = read('labels')
    this.labels = new Map(Array.from(read('videos'), (video, i) => [video, labels[i]]))
  }

  private nearest(features: Float32Array): number {
    const { clusters, size, centroids } = this
    const { data } = normalised({ data: features, count: 1, size }, this.normalisation)
    let [nearest, least] = [0, Infinity]
    for (let c = 0; c < clusters; c++) {
      let distance = 0
      for (let d = 0; d < size; d++) distance += (data[d] - centroids[c * size + d]) ** 2
      if (distance < least) [nearest, least] = [c, distance]
    }
    return nearest
  }
}

/** Numbers of a state without videos. */
export function assignmentsSize({ clusters, size }: { clusters: number; size: number }): number {
  return clusters * size + 2 * size + clusters + 2
}
