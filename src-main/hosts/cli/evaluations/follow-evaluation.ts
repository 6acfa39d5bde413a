import type { z } from 'zod'
import type { Evaluation, startEvaluationSchema } from '#shared/contract/evaluations.ts'
import { spreadOf, type Spread } from '#shared/metrics/spread.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import { drawSpread, printDraws, scoreInterval } from '#shared/report/scores.ts'
import type { Workbench } from '../../../workbench.ts'
import { following, withWorkbench, type Following } from '../following.ts'
import { print, printJson, say } from '../output.ts'

type Request = z.output<typeof startEvaluationSchema>

/**
 * Starts an evaluation, or goes on with one, and follows it to its end.
 * @throws Error when the evaluation fails.
 */
export async function evaluate(options: Following<Request | { resume: number }>): Promise<void> {
  const { project, json, request } = options
  await withWorkbench(project, async (workbench) => {
    const { evaluations } = workbench
    const started =
      'resume' in request ? evaluations.resume(request.resume) : evaluations.start(request)
    const evaluation = await followEvaluation(workbench, started.id)
    if (json) printJson(evaluation)
    else print(summary(evaluation))
  })
}

/**
 * The same on each of the three split lists, and their mean.
 * @throws Error when an evaluation fails; those that are done are kept.
 */
export async function evaluateSplits(options: Following<Request>): Promise<void> {
  const { project, json, request } = options
  await withWorkbench(project, async (workbench) => {
    const started = await workbench.evaluations.startSplits(request)
    const done: Evaluation[] = []
    for (const { id } of started) {
      const evaluation = await followEvaluation(workbench, id).catch((error: unknown) => {
        stopAll(workbench, started)
        throw error
      })
      if (evaluation.status === 'stopped') return stopAll(workbench, started)
      done.push(evaluation)
      if (!json) print(summary(evaluation))
    }
    const scores = meanScores(done)
    if (json) printJson({ evaluations: done, scores })
    else print(`Mean of ${done.length} splits: ${printSpreads(scores)}`)
  })
}

/** Follows an evaluation that is queued. @throws Error when it fails. */
export async function followEvaluation({ evaluations, project }: Workbench, id: number) {
  await following(evaluations, id)
  const evaluation = project.store.evaluations.get(id)
  if (evaluation.status === 'failed') {
    throw new Error(`The evaluation failed: ${evaluation.error ?? 'no reason given'}`)
  }
  if (evaluation.status === 'stopped') {
    say(`To resume it: bin/fame evaluate --resume ${id} --project ${project.folder}`)
  }
  return evaluation
}

function stopAll({ evaluations, project }: Workbench, started: readonly Evaluation[]): void {
  for (const { id } of started) {
    if (project.store.evaluations.get(id).status === 'queued') evaluations.stop(id)
  }
}

/** Mean and sample standard deviation of each score. */
function meanScores(evaluations: readonly Evaluation[]): Record<string, Spread> {
  const names = Object.keys(evaluations[0]?.result?.scores ?? {})
  const of = (name: string): number[] =>
    evaluations.flatMap(({ result }) => result?.scores[name] ?? [])
  return Object.fromEntries(names.flatMap((name) => [[name, spreadOf(of(name))!]]))
}

function printSpreads(scores: Record<string, Spread>): string {
  return Object.entries(scores)
    .map(([name, { mean, deviation }]) => {
      const beside = deviation === null ? '' : ` ± ${(100 * deviation).toFixed(1)}`
      return `${name} ${(100 * mean).toFixed(1)}${beside} %`
    })
    .join(', ')
}

/** Scores with the intervals of the first, then the protocol in full. */
export function summary(evaluation: Evaluation): string {
  const { protocol, runName, status, result } = evaluation
  if (!result) return `The evaluation of ${runName} has ${status}`
  const scores = Object.entries(result.scores)
    .map(([name, value]) => `${name} ${(100 * value).toFixed(1)} %`)
    .join(', ')
  const tested = result.testVideos > 0 ? ` (${result.testVideos} test videos)` : ''
  const facts = `${runName}, ${protocol}: ${scores}${tested}`
  return [facts, ...interval(evaluation), protocolSentence(evaluation)].join('\n')
}

function interval({ result }: Evaluation): string[] {
  const [first] = Object.keys(result?.scores ?? {})
  if (!first || !result) return []
  const [bounds, draws] = [scoreInterval(first, result), drawSpread(first, result)]
  const overVideos = bounds?.map((bound) => (100 * bound).toFixed(1)).join(' to ')
  return [
    ...(overVideos ? [`${first} has the 95 % interval ${overVideos} %`] : []),
    ...(draws ? [`${first} has the 95 % interval ${printDraws(draws)} %`] : []),
  ]
}
