import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { rankOfClass } from '#shared/metrics/accuracy.ts'
import {
  COMPARED_AT_ONCE,
  NeighbourIndex,
  nearestRows,
  neighbourVotes,
} from '#shared/metrics/retrieval.ts'
import { wilson } from '#shared/metrics/spread.ts'
import {
  centreClipsPool,
  extractFeatures,
  gatherFeatures,
  type ClipFeatures,
} from '../evaluation/features.ts'
import type { ClipGeometry } from '../loader/batch-task.ts'
import type { Encoder } from '../encoders/encoder.ts'
import type { TrainerVideo } from '../process/messages.ts'
import { drawKnnVideos, type KnnVideos } from './knn-videos.ts'

/** As the k-NN protocol has them by default (Wu et al., CVPR 2018). */
const K = 20
const TEMPERATURE = 0.07
/** One clip of the middle of each video. */
const CLIPS: ClipGeometry = { clips: 1, crops: 1, testClips: 'fitted', colours: 'encoder' }

interface Rows {
  features: Float32Array // [N, C]
  labels: number[] // [N]
}

export interface KnnCurveOptions {
  config: PretrainConfig
  encoder: Encoder
  videos: readonly TrainerVideo[]
  /** Absolute folder of the data set. */
  root: string
  /** Steps of the whole run. */
  total: number
  warn: (message: string) => void
  /** Called after each video; false gives the measurement up. */
  goesOn: () => Promise<boolean>
}

/**
 * Measures during pretraining how well the encoder's features tell classes apart, every
 * `config.knnEvery` steps and at the end. It runs the encoder in evaluation mode and draws nothing
 * from the run's random numbers, so that the run is the same with and without it.
 */
export class KnnCurve {
  private readonly options: KnnCurveOptions
  private readonly chosen: KnnVideos | null
  private readonly warned = new Set<string>()
  /** Kept for the run: starting threads takes longer than decoding the clips of a small data set. */
  private pool: ReturnType<typeof centreClipsPool> | null = null

  constructor(options: KnnCurveOptions) {
    this.options = options
    const { config, videos, root, warn } = options
    this.chosen = config.knnEvery > 0 ? drawKnnVideos(videos, root) : null
    if (config.knnEvery > 0 && !this.chosen) {
      warn(
        'There is no k-NN curve: it needs two classes with two training videos each. Set knnEvery to 0 to turn it off.',
      )
    }
  }

  /**
   * @returns what was measured after a step, by the names of `metricKinds`; nothing where no
   * measurement is due or it was given up
   */
  async measure(step: number): Promise<Record<string, number>> {
    const { config, total } = this.options
    const isDue = this.chosen && (step % config.knnEvery === 0 || step === total)
    if (!this.chosen || !isDue) return {}
    const { bank, queries } = this.chosen
    const features = await this.features([...bank, ...queries])
    if (!features) return {}
    const asked = new Set(queries)
    const [voting, asking] = [false, true].map((isAsked) =>
      rowsWhere(features, (video) => asked.has(video) === isAsked),
    )
    const videos = asking.labels.length
    // Videos that cannot be read are left out, in the worst case all of them.
    if (videos === 0 || voting.labels.length === 0) return {}
    const accuracy = accuracyOf(voting, asking, features.size)
    const [low, high] = wilson(accuracy, videos)
    return { knn: accuracy, knnLow: low, knnHigh: high, knnVideos: videos }
  }

  async close(): Promise<void> {
    await this.pool?.close()
  }

  private async features(videos: readonly TrainerVideo[]): Promise<ClipFeatures | null> {
    const { config, encoder, goesOn } = this.options
    let isGivenUp = false
    const onVideo = async (): Promise<boolean> => {
      isGivenUp ||= !(await goesOn())
      return !isGivenUp
    }
    this.pool ??= centreClipsPool(Math.min(2, config.loaderThreads))
    const settings = { config, encoder, settings: CLIPS, cache: null, pool: this.pool }
    const warn = (message: string): void => this.warnOnce(message)
    const stream = extractFeatures(videos, { ...settings, warn, onVideo })
    const features = await gatherFeatures(stream, CLIPS.clips)
    return isGivenUp ? null : features
  }

  private warnOnce(message: string): void {
    if (!this.warned.has(message)) this.options.warn(`k-NN curve: ${message}`)
    this.warned.add(message)
  }
}

/** Features and labels of some of the videos, one clip each. */
function rowsWhere(
  { videos, features, size }: ClipFeatures,
  isWanted: (video: TrainerVideo) => boolean,
): Rows {
  const rows = videos.flatMap((video, row) => (isWanted(video) ? [row] : []))
  const wanted = new Float32Array(rows.length * size)
  rows.forEach((row, i) => wanted.set(features.subarray(row * size, (row + 1) * size), i * size))
  return { features: wanted, labels: rows.map((row) => videos[row].label) }
}

/** Share of the queries whose class gets the most votes of their nearest neighbours in the bank. */
function accuracyOf(bank: Rows, queries: Rows, size: number): number {
  const { labels } = bank
  const truths = queries.labels
  const classes = Math.max(...labels, ...truths) + 1
  const index = new NeighbourIndex(bank, size, { centred: false })
  let right = 0
  for (let from = 0; from < truths.length; from += COMPARED_AT_ONCE) {
    const [begin, end] = [from * size, (from + COMPARED_AT_ONCE) * size]
    const block = index.compare(queries.features.subarray(begin, end))
    block.forEach((similarities, i) => {
      const rows = nearestRows(similarities, Math.min(K, labels.length))
      const votes = neighbourVotes(
        { similarities, labels, rows },
        { classes, temperature: TEMPERATURE },
      )
      if (rankOfClass(votes, truths[from + i]) === 0) right++
    })
  }
  return right / truths.length
}
