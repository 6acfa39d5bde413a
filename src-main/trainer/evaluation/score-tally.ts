import type { PartialResult } from '#shared/contract/evaluations.ts'
import { ConfusionTally } from '#shared/metrics/confusion.ts'
import { meanInterval, wilson } from '#shared/metrics/spread.ts'
import type { Outcome } from './context.ts'

/** One test video, answered. */
export interface Answer {
  truth: number
  predicted: number
  /** Whether each score counts it, or which part of it, in the order of the names; in [0, 1]. */
  hits: readonly (boolean | number)[]
}

/** Scores of the test videos that are done. */
export class ScoreTally {
  private readonly names: readonly string[]
  private readonly sums: number[]
  private readonly squares: number[]
  private readonly confusion: ConfusionTally
  private done = 0

  /** @param names of the scores; `clip…` counts part of a video's clips, all others whole videos */
  constructor(classes: number, names: readonly string[]) {
    this.names = names
    this.sums = names.map(() => 0)
    this.squares = names.map(() => 0)
    this.confusion = new ConfusionTally(classes)
  }

  add({ truth, predicted, hits }: Answer): void {
    hits.forEach((hit, i) => {
      this.sums[i] += Number(hit)
      this.squares[i] += Number(hit) ** 2
    })
    this.confusion.add(truth, predicted)
    this.done++
  }

  /** Test videos so far. */
  get videos(): number {
    return this.done
  }

  /** Means over the videos so far, in [0, 1]. */
  scores(): Record<string, number> {
    return Object.fromEntries(this.names.map((name, i) => [name, this.sums[i] / this.done]))
  }

  /** 95 % intervals over the videos so far of scores that are no shares of them. */
  private clipIntervals(): Record<string, [number, number]> {
    const { done } = this
    const all = this.names.flatMap((name, i): [string, [number, number]][] => {
      if (!name.startsWith('clip')) return []
      const mean = this.sums[i] / done
      // Rounding may leave a little less than nothing.
      const variance = Math.max(0, this.squares[i] - done * mean ** 2) / (done - 1)
      const deviation = done > 1 ? Math.sqrt(variance) : null
      const interval = meanInterval({ mean, deviation, count: done })
      return interval ? [[name, interval]] : []
    })
    return Object.fromEntries(all)
  }

  /** What the test videos come to. */
  found(): Pick<Outcome, 'scores' | 'intervals' | 'detail'> {
    const intervals = this.clipIntervals()
    return { scores: this.scores(), intervals, detail: this.confusion.detail() }
  }

  /** @param total test videos there are */
  partial(total: number): PartialResult {
    const scores = this.scores()
    const ofVideos = this.names.filter((name) => !name.startsWith('clip'))
    return {
      done: this.done,
      total,
      scores,
      intervals: {
        ...Object.fromEntries(ofVideos.map((name) => [name, wilson(scores[name], this.done)])),
        ...this.clipIntervals(),
      },
      confusion: this.confusion.triples(),
    }
  }
}
