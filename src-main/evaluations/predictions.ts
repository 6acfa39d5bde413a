import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type {
  Answers,
  answersRequestSchema,
  Prediction,
  PredictionPage,
  predictionsRequestSchema,
} from '#shared/contract/evaluations.ts'
import { Pieces, sortInPieces } from '../base/async/pieces.ts'
import type { Project } from '../store/project.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { AnswerFile } from './answer-file.ts'

type Request = z.output<typeof predictionsRequestSchema>
type Filter = z.output<typeof answersRequestSchema>

/** Evaluations whose answers stay in memory: the one that is looked at, and the one before. */
const KEPT = 2

/** What evaluations have answered for each test video, read from their folders in pieces. */
export class Predictions {
  private readonly project: Project
  private readonly held = new Map<number, AnswerFile>()

  constructor(project: Project) {
    this.project = project
  }

  /**
   * A page of the videos that fit, in the order that is asked for; none for an evaluation that has
   * not kept any.
   * @throws WorkbenchError when there is no such evaluation.
   */
  async page(request: Request): Promise<PredictionPage> {
    this.project.store.evaluations.get(request.id)
    const pieces = new Pieces()
    const answers = await this.fileOf(request.id, pieces)
    if (answers === null) return { total: 0, rows: [] }
    const places = await select(answers, request, pieces)
    const { offset, limit } = request
    const lines = await answers.lines(places.subarray(offset, offset + limit))
    const rows: Prediction[] = []
    for (const line of lines) {
      rows.push(this.spelled(line))
      await pieces.pause()
    }
    return { total: places.length, rows }
  }

  /** What was answered for all the videos that fit, in the order that is asked for. */
  async answers(request: Filter): Promise<Answers> {
    this.project.store.evaluations.get(request.id)
    const pieces = new Pieces()
    const answers = await this.fileOf(request.id, pieces)
    if (answers === null) return { videoId: [], truth: [], predicted: [] }
    const places = Array.from(await select(answers, request, pieces))
    const { video, truth, predicted } = answers
    return {
      videoId: places.map((place) => video[place]),
      truth: places.map((place) => truth[place]),
      predicted: places.map((place) => predicted[place]),
    }
  }

  /** Null for an evaluation that has kept nothing. A running one is read on from where it was. */
  private async fileOf(id: number, pieces: Pieces): Promise<AnswerFile | null> {
    const file = join(this.project.evaluationFolder(id), 'predictions.jsonl')
    const found = await stat(file).catch(() => null)
    if (found === null) return null
    const known = this.held.get(id)
    this.held.delete(id)
    // An evaluation that is done again makes a new file, maybe with the number of the old one.
    const identity = `${found.ino} ${found.birthtimeMs}`
    const isSame = known?.identity === identity && known.bytes <= found.size
    const answers = isSame ? known : new AnswerFile(file, identity)
    this.held.set(id, answers)
    for (const [oldest] of this.held) if (this.held.size > KEPT) this.held.delete(oldest)
    await answers.readOn(pieces)
    return answers
  }

  private spelled({ video, truth, top, near = [] }: PredictionLine): Prediction {
    return {
      videoId: video,
      path: this.pathOf(video),
      truth,
      top: top.map(([label, score]) => ({ label, score })),
      neighbours: near.map(([id, label, similarity]) => ({
        videoId: id,
        path: this.pathOf(id),
        label,
        similarity,
      })),
    }
  }

  /** '' where the video has been taken out since. */
  private pathOf(id: number): string {
    return this.project.store.videos.these([id])[0]?.path ?? ''
  }
}

/** Places of the lines that fit, in the order that is asked for. */
async function select(
  { truth, predicted, sureness, video, length }: AnswerFile,
  request: Filter,
  pieces: Pieces,
): Promise<Int32Array<ArrayBuffer>> {
  const { order } = request
  const wrongOnly = request.wrongOnly || order === 'worst'
  const fitting: number[] = []
  for (let place = 0; place < length; place++) {
    const fits =
      (request.truth === undefined || truth[place] === request.truth) &&
      (request.predicted === undefined || predicted[place] === request.predicted) &&
      !(wrongOnly && predicted[place] === truth[place])
    if (fits) fitting.push(place)
  }
  const places = Int32Array.from(fitting)
  const compare =
    order === 'index'
      ? (a: number, b: number) => video[a] - video[b]
      : (a: number, b: number) => sureness[b] - sureness[a] || a - b
  await sortInPieces(places, compare, pieces)
  return places
}
