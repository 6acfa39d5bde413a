import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MeasuredDetail } from '#shared/contract/evaluations.ts'
import { byScore } from '../../evaluation/draw-tally.ts'
import type { EvaluationContext, Outcome } from '../../evaluation/context.ts'

/** What a network gave that was trained on one draw of labels. */
export interface DrawOutcome {
  /** Tells the training from every other. */
  training: string
  scores: Record<string, number>
  intervals: Record<string, [number, number]>
  testVideos: number
  detail: MeasuredDetail | null
}

const NAME = 'draws'

/**
 * Draws that are done, in the evaluation's folder, so that an evaluation that was cut short goes on
 * with the next one.
 */
export class DoneDraws {
  private readonly context: EvaluationContext
  private readonly known: DrawOutcome[]

  constructor(context: EvaluationContext) {
    this.context = context
    this.known = read(join(context.job.outputs, `${NAME}.json`))
  }

  /** Of just this training, if it was done. */
  of(training: string): DrawOutcome | null {
    return this.known.find((one) => one.training === training) ?? null
  }

  /** @throws Error when the disk refuses */
  add(outcome: DrawOutcome): void {
    this.known.push(outcome)
    this.context.artefact(NAME, this.known)
  }
}

/** None where there is no file that can be read: the draws are trained again. */
function read(file: string): DrawOutcome[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DrawOutcome[]
  } catch {
    return []
  }
}

/**
 * The mean over all draws. A score that is no share of the test videos then has no interval over them:
 * what each network gave for each video is not kept.
 * @param draws at least one
 */
export function meanOutcome(draws: readonly DrawOutcome[]): Omit<Outcome, 'trainVideos'> {
  const [{ scores, intervals, testVideos, detail }] = draws
  if (draws.length === 1) return { scores, intervals, testVideos, detail }
  const all = byScore(draws.map((draw) => draw.scores))
  const means = Object.entries(all).map(([name, values]) => {
    return [name, values.reduce((sum, value) => sum + value, 0) / values.length] as const
  })
  return { scores: Object.fromEntries(means), draws: all, testVideos, detail }
}
