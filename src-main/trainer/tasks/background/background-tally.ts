import {
  BACKGROUND_CONDITIONS,
  type BackgroundArtefact,
  type BackgroundCondition,
} from '#shared/tasks/background/artefact.ts'
import type { PartialResult } from '#shared/contract/evaluations.ts'
import { ConfusionTally } from '#shared/metrics/confusion.ts'
import { pairedInterval, wilson } from '#shared/metrics/spread.ts'

/** The answers to one test video, one a condition. */
export type Answers = Record<BackgroundCondition, number>

/** Counts the answers to test videos under every condition. */
export class BackgroundTally {
  private readonly tallies: Record<BackgroundCondition, ConfusionTally>
  private readonly classes: number
  private count = 0
  private pulled = 0
  /** Videos that are right with one background alone: of the same class, of another class. */
  private readonly rightAlone = { sameClass: 0, swapped: 0 }

  constructor(classes: number) {
    const tally = (name: BackgroundCondition) => [name, new ConfusionTally(classes)] as const
    this.classes = classes
    this.tallies = Object.fromEntries(BACKGROUND_CONDITIONS.map(tally)) as typeof this.tallies
  }

  /** Test videos so far. */
  get videos(): number {
    return this.count
  }

  /**
   * @param truth class of the video
   * @param lent class of the video that lent the background of `swapped`
   */
  add(answers: Answers, truth: number, lent: number): void {
    for (const name of BACKGROUND_CONDITIONS) this.tallies[name].add(truth, answers[name])
    this.count++
    if (answers.swapped === lent) this.pulled++
    const isRight = { sameClass: answers.sameClass === truth, swapped: answers.swapped === truth }
    if (isRight.sameClass && !isRight.swapped) this.rightAlone.sameClass++
    if (isRight.swapped && !isRight.sameClass) this.rightAlone.swapped++
  }

  /**
   * Accuracy of videos, by condition, the most telling first; `gap`, what another class's background
   * costs; `pull`.
   */
  scores(): Record<string, number> {
    const order = ['original', 'swapped', ...BACKGROUND_CONDITIONS] as const
    return {
      ...Object.fromEntries(order.map((name) => [name, this.accuracy(name)])),
      gap: this.accuracy('sameClass') - this.accuracy('swapped'),
      pull: this.pulled / this.videos,
    }
  }

  /** 95 % interval of `gap`: both accuracies are of the same videos. */
  intervals(): Record<string, [number, number]> {
    const { sameClass, swapped } = this.rightAlone
    return { gap: pairedInterval(sameClass, swapped, this.videos) }
  }

  /** @param total test videos there are */
  partial(total: number): PartialResult {
    const { gap, ...shares } = this.scores()
    const intervals = Object.entries(shares).map(([name, share]) => {
      return [name, wilson(share, this.videos)] as const
    })
    return {
      done: this.videos,
      total,
      scores: { ...shares, gap },
      intervals: { ...Object.fromEntries(intervals), ...this.intervals() },
      confusion: this.tallies.original.triples(),
    }
  }

  conditions(): BackgroundArtefact['conditions'] {
    return BACKGROUND_CONDITIONS.map((name) => {
      const accuracy = this.accuracy(name)
      const { perClass } = this.tallies[name].detail()
      return { name, accuracy, interval: wilson(accuracy, this.videos), perClass }
    })
  }

  pull(): BackgroundArtefact['pull'] {
    const share = this.pulled / this.videos
    return { share, interval: wilson(share, this.videos), chance: 1 / this.classes }
  }

  /** Of the videos as they are. */
  detail() {
    return this.tallies.original.detail()
  }

  private accuracy(name: BackgroundCondition): number {
    const { perClass } = this.tallies[name].detail()
    return perClass.reduce((sum, { correct }) => sum + correct, 0) / this.videos
  }
}
