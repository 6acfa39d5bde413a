import type { z } from 'zod'
import type {
  Evaluation,
  EvaluationEvent,
  startEvaluationSchema,
} from '#shared/contract/evaluations.ts'
import type { MetricPoint, Run, RunEvent, startRunSchema } from '#shared/contract/runs.ts'
import { openWorkbench, type Workbench } from '../../workbench.ts'
import { interruption } from './jobs.ts'
import { print, printJson, resumeCommand, say } from './output.ts'
import { progressView, type ProgressView } from './progress.ts'

interface Following<Request> {
  project: string
  json: boolean
  request: Request
}

type PretrainRequest = z.output<typeof startRunSchema> | { resume: number }

/**
 * Starts a run, or goes on with one, and follows it to its end. The first SIGINT asks it to write a checkpoint and stop.
 * @throws Error when the run fails.
 */
export async function pretrain(options: Following<PretrainRequest>): Promise<void> {
  await withWorkbench(options.project, async (workbench) => {
    const { runs, project } = workbench
    const { request } = options
    if ('resume' in request) await workbench.runFolders.settle(request.resume)
    const started = 'resume' in request ? runs.resume(request.resume) : runs.start(request)
    const { id, name, totalSteps } = started
    if (options.json) printJson({ type: 'run', run: started })
    else print(`Run ${id} (${name}): ${totalSteps} steps`)
    await following(workbench.runs, id, options.json ? printJson : () => undefined)
    const run = project.store.runs.get(id)
    if (run.status === 'failed')
      throw new Error(`Run ${id} failed: ${run.error ?? 'no reason given'}`)
    if (!options.json) print(endingOf(run))
    if (run.status === 'stopped') say(`To go on: ${resumeCommand(id, project.folder)}`)
    const chained = project.store.evaluations
      .withStatus('queued')
      .filter(({ runId }) => runId === id)
    for (const evaluation of chained) await followEvaluation(workbench, evaluation.id, options.json)
  })
}

/**
 * Starts an evaluation and follows it to its end.
 * @throws Error when the evaluation fails.
 */
export async function evaluate(
  options: Following<z.output<typeof startEvaluationSchema>>,
): Promise<void> {
  await withWorkbench(options.project, async (workbench) => {
    const { id } = workbench.evaluations.start(options.request)
    await followEvaluation(workbench, id, options.json)
  })
}

async function followEvaluation(workbench: Workbench, id: number, json: boolean): Promise<void> {
  const { evaluations, project } = workbench
  await following(evaluations, id, () => undefined)
  const evaluation = project.store.evaluations.get(id)
  if (evaluation.status === 'failed') {
    throw new Error(`The evaluation failed: ${evaluation.error ?? 'no reason given'}`)
  }
  if (json) printJson(evaluation)
  else print(summary(evaluation))
}

async function withWorkbench(
  project: string,
  use: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  const workbench = await openWorkbench({ project, host: 'cli' })
  try {
    await use(workbench)
  } finally {
    await workbench.close()
  }
}

type Event = RunEvent | EvaluationEvent

/** Shows a job's events until it has ended; the first interruption asks it to stop. */
async function following(
  queue: { stop(id: number): unknown; watch(id: number): AsyncIterable<Event> },
  id: number,
  report: (event: Event) => void,
): Promise<void> {
  const view = progressView()
  view.remark('Starting the trainer and loading TensorFlow …')
  const interrupted = interruption()
  const stop = (): void => {
    view.remark('Stopping; press Ctrl-C again to give up at once.')
    queue.stop(id)
  }
  interrupted.addEventListener('abort', stop, { once: true })
  const latest = new Map<string, MetricPoint>()
  try {
    for await (const event of queue.watch(id)) {
      report(event)
      show(view, event, latest)
    }
  } finally {
    view.end()
  }
}

function show(view: ProgressView, event: Event, latest: Map<string, MetricPoint>): void {
  if (event.type === 'warning') view.remark(event.message)
  if (event.type === 'metrics') for (const point of event.points) latest.set(point.name, point)
  if (event.type !== 'progress') return
  const note = ['loss', 'accuracy']
    .flatMap((name) => latest.get(name) ?? [])
    .map((point) => `${point.name} ${point.value.toFixed(3)}`)
    .join(' ')
  view.update({ ...event.progress, note })
}

function endingOf({ id, status, step, totalSteps, maskUse }: Run): string {
  const ending = `Run ${id} ${status} at step ${step} of ${totalSteps}`
  const { fame = 0, corrected = 0, approved = 0, redrawn = 0 } = maskUse ?? {}
  if (fame + corrected + approved + redrawn === 0) return ending
  const anew = redrawn > 0 ? `; ${redrawn} clips drawn anew, off rejected windows` : ''
  return `${ending}\nMasks: ${fame} by FAME, ${corrected} corrected, ${approved} approved${anew}`
}

function summary({ protocol, runName, status, result }: Evaluation): string {
  if (!result) return `The evaluation of ${runName} has ${status}`
  const scores = Object.entries(result.scores)
    .map(([name, value]) => `${name} ${(100 * value).toFixed(1)} %`)
    .join(', ')
  return `${runName}, ${protocol}: ${scores} (${result.testVideos} test videos)`
}
