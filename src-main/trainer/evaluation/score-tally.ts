import type { EvaluationDetail, PartialResult } from '#shared/contract/evaluations.ts'
import { ConfusionTally } from '#shared/metrics/confusion.ts'
import { wilson } from '#shared/metrics/spread.ts'

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
  private readonly confusion: ConfusionTally
  private done = 0

  /** @param names of the scores; intervals are given for those of whole videos, not for `clip…` */
  constructor(classes: number, names: readonly string[]) {
    this.names = names
    this.sums = names.map(() => 0)
    this.confusion = new ConfusionTally(classes)
  }

  add({ truth, predicted, hits }: Answer): void {
    hits.forEach((hit, i) => (this.sums[i] += Number(hit)))
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

  detail(): EvaluationDetail {
    return this.confusion.detail()
  }

  /** @param total test videos there are */
  partial(total: number): PartialResult {
    const scores = this.scores()
    const ofVideos = this.names.filter((name) => !name.startsWith('clip'))
    return {
      done: this.done,
      total,
      scores,
      intervals: Object.fromEntries(
        ofVideos.map((name) => [name, wilson(scores[name], this.done)]),
      ),
      confusion: this.confusion.triples(),
    }
  }
}
