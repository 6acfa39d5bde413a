import type { PartialResult } from '#shared/contract/evaluations.ts'
import type { Outcome } from './context.ts'
import { ScoreTally, type Answer } from './score-tally.ts'

/**
 * Scores of the test videos that are done, of one classifier a draw of labels: a score is the mean over
 * the draws. What is told apart by class is that of the first draw.
 */
export class DrawTally {
  private readonly mean: ScoreTally
  private readonly ofDraws: readonly ScoreTally[]

  /** @param names as `ScoreTally` takes them */
  constructor(classes: number, names: readonly string[], draws: number) {
    this.mean = new ScoreTally(classes, names)
    this.ofDraws = Array.from({ length: draws }, () => new ScoreTally(classes, names))
  }

  /** @param answers for one test video, one a draw */
  add(answers: readonly Answer[]): void {
    const [{ truth, predicted, hits }] = answers
    const mean = (i: number): number =>
      answers.reduce((sum, answer) => sum + Number(answer.hits[i]), 0) / answers.length
    this.mean.add({ truth, predicted, hits: hits.map((_, i) => mean(i)) })
    answers.forEach((answer, draw) => this.ofDraws[draw].add(answer))
  }

  /** Test videos so far. */
  get videos(): number {
    return this.mean.videos
  }

  /** What the test videos come to. */
  found(): Pick<Outcome, 'scores' | 'intervals' | 'detail' | 'draws'> {
    const scores = this.ofDraws.map((tally) => tally.scores())
    return { ...this.mean.found(), ...(scores.length > 1 && { draws: byScore(scores) }) }
  }

  /** @param total test videos there are */
  partial(total: number): PartialResult {
    return this.mean.partial(total)
  }
}

/** The scores of each draw as lists by score. */
export function byScore(draws: readonly Record<string, number>[]): Record<string, number[]> {
  const names = Object.keys(draws[0])
  return Object.fromEntries(names.map((name) => [name, draws.map((scores) => scores[name])]))
}
