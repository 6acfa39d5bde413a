import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PairedRequest } from '#shared/contract/evaluations.ts'
import { mcnemar, sidesOf } from '#shared/metrics/mcnemar.ts'
import { pairedScores } from '#shared/report/scores.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { Pieces, sortInPieces } from '../base/async/pieces.ts'
import type { Project } from '../store/project.ts'

/** Which videos an evaluation has right. */
interface Outcomes {
  /** Tells the file from another at the same path. */
  identity: string
  /** Number of each video, ascending. */
  videos: Int32Array
  /** By score: whether each video counts, one bit a video. Only of scores that every video says. */
  right: ReadonlyMap<string, Uint8Array>
}

/** How many videos' outcomes stay in memory: four bytes for each video and a bit for each score. */
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
    if (!pairedScores.has(score)) return others.map(() => null)
    const pieces = new Pieces()
    const found: (number | null)[] = []
    for (const ids of others) found.push(await this.pooled(score, best, ids, pieces))
    return found
  }

  private async pooled(
    score: string,
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
      const [ours, theirs] = [a.right.get(score), b.right.get(score)]
      if (!ours || !theirs) return null
      for (const [place, video] of a.videos.entries()) {
        const lead = bitAt(ours, place) - bitAt(theirs, place)
        if (lead !== 0) leads.set(video, (leads.get(video) ?? 0) + lead)
        if (place % STEP === 0) await pieces.pause()
      }
    }
    return mcnemar(sidesOf(leads.values()))
  }

  /** Null for an evaluation that has kept no answers of its own, or none that can be read. */
  private async outcomes(id: number, pieces: Pieces): Promise<Outcomes | null> {
    const { result } = this.project.store.evaluations.get(id)
    // Stored are the answers of the first draw of labels, and the score is the mean of several.
    if (result?.draws) return null
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
  const videos: number[] = []
  /** By score, in the order of the file; a score ends with the first video that does not say it. */
  const hits = new Map([...pairedScores.keys()].map((name) => [name, [] as boolean[]]))
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = JSON.parse(text) as PredictionLine
    videos.push(line.video)
    for (const [name, known] of hits) {
      const isRight = pairedScores.get(name)!(line)
      if (isRight === null) hits.delete(name)
      else known.push(isRight)
    }
    await pieces.pause()
  }
  // Two evaluations that have left out other videos have the rest at other places.
  const places = Int32Array.from(videos.keys())
  await sortInPieces(places, (a, b) => videos[a] - videos[b], pieces)
  return {
    identity,
    videos: places.map((place) => videos[place]),
    right: new Map([...hits].map(([name, known]) => [name, bitsOf(known, places)])),
  }
}

/** One bit a video, in the order of `places`. */
function bitsOf(values: readonly boolean[], places: Int32Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(places.length / 8))
  places.forEach((place, i) => (bits[i >> 3] |= Number(values[place]) << (i & 7)))
  return bits
}

function bitAt(bits: Uint8Array, place: number): number {
  return (bits[place >> 3] >> (place & 7)) & 1
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((video, i) => video === b[i])
}
