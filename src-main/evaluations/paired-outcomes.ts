import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PairedRequest } from '#shared/contract/evaluations.ts'
import { BACKGROUND_CONDITIONS } from '#shared/contract/explain.ts'
import { mcnemar, sidesOf } from '#shared/metrics/mcnemar.ts'
import { Pieces, sortInPieces } from '../base/async/pieces.ts'
import type { Project } from '../store/project.ts'
import type { PredictionLine } from '../trainer/evaluation/predictions.ts'

/** Which videos an evaluation has right. */
interface Outcomes {
  /** Tells the file from another at the same path. */
  identity: string
  /** Number of each video, ascending. */
  videos: Int32Array
  /** Bit k of a video: whether the k-th of `TESTED` counts it as right. */
  hits: Uint16Array
  /** Bit k: whether all videos have what the k-th of `TESTED` asks for. */
  answered: number
}

/** Whether a video counts for a score; null where the evaluation has no such answer. */
type IsRight = (line: PredictionLine) => boolean | null

function within(count: number): IsRight {
  return ({ truth, near }) => near?.slice(0, count).some(([, label]) => label === truth) ?? null
}

const underConditions = BACKGROUND_CONDITIONS.map((name): [string, IsRight] => [
  name,
  ({ truth, answers }) => (answers ? answers[name] === truth : null),
])

/** Scores that follow from what is kept of each video. */
const TESTED: Record<string, IsRight> = {
  top1: ({ truth, top }) => top[0]?.[0] === truth,
  top5: ({ truth, top }) => top.some(([label]) => label === truth),
  'R@1': within(1),
  'R@5': within(5),
  'R@10': within(10),
  ...Object.fromEntries(underConditions),
  pull: ({ answers, lent }) => (answers ? answers.swapped === lent : null),
}
const SCORES = Object.keys(TESTED)

/** Videos of which outcomes stay in memory, 6 bytes each. */
const KEPT_VIDEOS = 5_000_000

/** Videos that are compared between two looks at the time. */
const STEP = 1000

/** Compares evaluations on the videos that both have answered, in pieces. */
export class PairedOutcomes {
  private readonly project: Project
  private readonly kept = new Map<number, Outcomes>()

  constructor(project: Project) {
    this.project = project
  }

  /**
   * McNemar's test of each of some evaluations against one. Several numbers in the place of one are
   * evaluations of several split lists, pooled: the first of each is paired with the first. A video
   * that several lists test counts once, for the side that is right more often.
   * @returns p values in the order of `others`; null where the score cannot be paired, the videos are
   * not the same, or answers are missing or damaged
   * @throws WorkbenchError when there is no such evaluation
   */
  async compare({ score, best, others }: PairedRequest): Promise<(number | null)[]> {
    const bit = SCORES.indexOf(score)
    if (bit < 0) return others.map(() => null)
    const pieces = new Pieces()
    const found: (number | null)[] = []
    for (const ids of others) found.push(await this.pooled(bit, best, ids, pieces))
    return found
  }

  private async pooled(
    bit: number,
    first: readonly number[],
    second: readonly number[],
    pieces: Pieces,
  ): Promise<number | null> {
    if (first.length !== second.length) return null
    /** By video: how many more lists the first has right than the second. */
    const leads = new Map<number, number>()
    for (const [i, id] of first.entries()) {
      const [a, b] = [await this.outcomes(id, pieces), await this.outcomes(second[i], pieces)]
      if (!a || !b || !isSame(a.videos, b.videos)) return null
      if (((a.answered & b.answered) >> bit) % 2 === 0) return null
      for (const [place, video] of a.videos.entries()) {
        const lead = hit(a, place, bit) - hit(b, place, bit)
        if (lead !== 0) leads.set(video, (leads.get(video) ?? 0) + lead)
        if (place % STEP === 0) await pieces.pause()
      }
    }
    return mcnemar(sidesOf(leads.values()))
  }

  /** Null for an evaluation that has kept no answers, or none that can be read. */
  private async outcomes(id: number, pieces: Pieces): Promise<Outcomes | null> {
    this.project.store.evaluations.get(id)
    const file = join(this.project.evaluationFolder(id), 'predictions.jsonl')
    const found = await stat(file).catch(() => null)
    if (!found) return null
    const identity = `${found.ino} ${found.birthtimeMs} ${found.size}`
    const known = this.kept.get(id)
    this.kept.delete(id)
    // A damaged file costs this comparison and not the whole table or report.
    const isKnown = known?.identity === identity
    const outcomes = isKnown ? known : await read(file, identity, pieces).catch(() => null)
    if (!outcomes) return null
    this.kept.set(id, outcomes)
    this.forget()
    return outcomes
  }

  /** Lets go of what was used longest ago. */
  private forget(): void {
    let videos = [...this.kept.values()].reduce((sum, one) => sum + one.videos.length, 0)
    for (const [id, outcomes] of this.kept) {
      if (videos <= KEPT_VIDEOS || this.kept.size === 1) return
      this.kept.delete(id)
      videos -= outcomes.videos.length
    }
  }
}

async function read(file: string, identity: string, pieces: Pieces): Promise<Outcomes> {
  const [videos, hits]: number[][] = [[], []]
  const tests = Object.values(TESTED)
  let answered = 2 ** tests.length - 1
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = JSON.parse(text) as PredictionLine
    videos.push(line.video)
    const right = tests.map((isRight) => isRight(line))
    hits.push(right.reduce<number>((bits, one, bit) => bits | (Number(one) << bit), 0))
    answered &= right.reduce<number>((bits, one, bit) => bits | (Number(one !== null) << bit), 0)
    await pieces.pause()
  }
  // Two evaluations that have left out other videos have the rest at other places.
  const places = Int32Array.from(videos.keys())
  await sortInPieces(places, (a, b) => videos[a] - videos[b], pieces)
  return {
    identity,
    videos: places.map((place) => videos[place]),
    hits: Uint16Array.from(places, (place) => hits[place]),
    answered,
  }
}

function hit({ hits }: Outcomes, place: number, bit: number): number {
  return (hits[place] >> bit) & 1
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((video, i) => video === b[i])
}
