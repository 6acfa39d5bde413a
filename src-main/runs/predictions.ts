import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { z } from 'zod'
import type {
  Prediction,
  PredictionPage,
  predictionsRequestSchema,
} from '#shared/contract/evaluations.ts'
import { Pieces, sortInPieces } from '../library/pieces.ts'
import type { Project } from '../store/project.ts'
import type { PredictionLine } from '../trainer/evaluate/predictions.ts'

type Request = z.output<typeof predictionsRequestSchema>

/** What is kept in memory of one evaluation's file. */
interface Answers {
  /** Of the file that it was read from: size and time of change. */
  version: string
  lines: PredictionLine[]
}

/** Evaluations whose answers stay in memory: the one that is looked at, and the one before. */
const KEPT = 2

/** What evaluations have answered for each test video, read from their folders in pieces. */
export class Predictions {
  private readonly project: Project
  private readonly held = new Map<number, Answers>()

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
    const lines = await this.lines(request.id, pieces)
    const places = await select(lines, request, pieces)
    const { offset, limit } = request
    const rows: Prediction[] = []
    for (const place of places.subarray(offset, offset + limit)) {
      rows.push(this.spelled(lines[place]))
      await pieces.pause()
    }
    return { total: places.length, rows }
  }

  private async lines(id: number, pieces: Pieces): Promise<PredictionLine[]> {
    const file = join(this.project.evaluationFolder(id), 'predictions.jsonl')
    const found = await stat(file).catch(() => null)
    if (found === null) return []
    const version = `${found.size} ${found.mtimeMs}`
    const known = this.held.get(id)
    this.held.delete(id)
    const answers =
      known?.version === version ? known : { version, lines: await read(file, pieces) }
    this.held.set(id, answers)
    for (const [oldest] of this.held) if (this.held.size > KEPT) this.held.delete(oldest)
    return answers.lines
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

/** A line that was cut off ends the file. */
async function read(file: string, pieces: Pieces): Promise<PredictionLine[]> {
  const lines: PredictionLine[] = []
  for await (const text of createInterface({ input: createReadStream(file) })) {
    try {
      lines.push(JSON.parse(text) as PredictionLine)
    } catch {
      break
    }
    await pieces.pause()
  }
  return lines
}

/** Places of the lines that fit. */
async function select(
  lines: readonly PredictionLine[],
  { truth, predicted, wrongOnly, order }: Request,
  pieces: Pieces,
): Promise<Int32Array<ArrayBuffer>> {
  const fits = ({ truth: own, top }: PredictionLine): boolean =>
    (truth === undefined || own === truth) &&
    (predicted === undefined || top[0]?.[0] === predicted) &&
    (!(wrongOnly || order === 'worst') || top[0]?.[0] !== own)
  const places = Int32Array.from(lines.flatMap((line, place) => (fits(line) ? [place] : [])))
  if (order === 'index') return places
  const sureness = (place: number): number => lines[place].top[0]?.[1] ?? 0
  await sortInPieces(places, (a, b) => sureness(b) - sureness(a) || a - b, pieces)
  return places
}
