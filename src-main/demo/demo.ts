import { methodText, samplePresets } from '#shared/config/presets.ts'
import type { Values } from '#shared/methods/method.ts'
import type { EvaluationResult } from '#shared/contract/evaluations.ts'
import type { MetricPoint, Progress, Run, StartRun } from '#shared/contract/runs.ts'
import type { JobEvent, Video } from '#shared/contract/videos.ts'
import { bestMarks, leaderOf, type Mark } from '#shared/report/best-marks.ts'
import type { Workbench } from '../workbench.ts'
import { CLIPS, demoDesign } from './design.ts'
import { forecast, type Forecast } from './forecast.ts'

/** What the demo tells while it works. */
export type DemoEvent =
  | { type: 'stage'; title: string }
  | { type: 'forecast'; forecast: Forecast }
  | { type: 'progress'; progress: Progress }
  | { type: 'metrics'; points: MetricPoint[] }
  | { type: 'warning'; message: string }

/** One row of the demo's table. */
export interface DemoEncoder {
  name: string
  /** null: randomly initialised. */
  run: Run | null
  /** The loss at each step. */
  loss: MetricPoint[]
  /** Seconds of pretraining. */
  seconds: number
  results: Record<DemoProtocol, EvaluationResult>
  /** Numbers of the evaluations behind them. */
  evaluations: Record<DemoProtocol, number>
}

export interface DemoResult {
  encoders: DemoEncoder[]
  /** By score, then by place among the encoders: what a paired test on the test videos finds best. */
  marks: Record<string, Record<number, Mark>>
  /** One test video of each class. */
  examples: Video[]
  engine: string
  seconds: number
}

export interface DemoOptions {
  /** Initial weights, data order and augmentations of both runs. Default 1. */
  seed?: number
  /** Passes over the training videos. Default: the design's. */
  epochs?: number
  /** What is changed of the small recipe. Default: `demoDesign`. */
  design?: Values
  signal?: AbortSignal
  report: (event: DemoEvent) => void
}

const PROTOCOLS = ['linear', 'retrieval'] as const
type DemoProtocol = (typeof PROTOCOLS)[number]

/**
 * The main job from end to end: writes and indexes the sample set, pretrains a narrow encoder with
 * FAME and one without merging, and evaluates both beside a randomly initialised one.
 * @throws Error when a step fails or `signal` aborts.
 */
export async function runDemo(workbench: Workbench, options: DemoOptions): Promise<DemoResult> {
  const started = performance.now()
  const datasetId = await makeSampleSet(workbench, options)
  const values = designOf(options)
  const { merged, plain } = samplePresets
  const [withFame, without] = [
    { name: methodText(merged), preset: merged.name, datasetId, values },
    { name: methodText(plain), preset: plain.name, datasetId, values },
  ]
  await foretell(workbench, options, withFame)
  const fame = await pretrain(workbench, options, withFame)
  const baseline = await pretrain(workbench, options, without)
  const random = { name: 'Random initialisation', run: null, loss: [], seconds: 0 }
  const encoders: DemoEncoder[] = []
  for (const encoder of [random, baseline, fame]) {
    encoders.push({ ...encoder, ...(await evaluate(workbench, options, encoder, datasetId)) })
  }
  return {
    encoders,
    marks: await markBest(workbench, encoders),
    examples: examples(workbench, datasetId),
    engine: fame.run.device ?? 'unknown device',
    seconds: (performance.now() - started) / 1000,
  }
}

async function makeSampleSet(workbench: Workbench, options: DemoOptions): Promise<number> {
  options.report({ type: 'stage', title: 'Sample set: write and index' })
  let datasetId: number | null = null
  for await (const event of workbench.makeSample(options.signal)) {
    datasetId = reportJob(event, options) ?? datasetId
  }
  if (datasetId === null) throw new Error('The sample set was not indexed. Start the demo again.')
  return datasetId
}

/** @returns the data set's id when the job is done */
function reportJob(event: JobEvent, { report }: DemoOptions): number | null {
  if (event.type === 'done') return event.datasetId
  if (event.type === 'warning') report(event)
  else if (event.type === 'progress') {
    report({ type: 'progress', progress: { ...event, unit: 'videos' } })
  }
  return null
}

type Evaluated = Pick<DemoEncoder, 'results' | 'evaluations'>
type Pretrained = Omit<DemoEncoder, keyof Evaluated | 'run'> & { run: Run }

function designOf({ seed = 1, epochs, design = demoDesign }: DemoOptions): Values {
  return { ...design, seed, ...(epochs === undefined ? {} : { epochs }) }
}

/** Says how long the rest will take on this machine. */
async function foretell(
  workbench: Workbench,
  { report, signal }: DemoOptions,
  request: StartRun,
): Promise<void> {
  report({ type: 'stage', title: 'Time a few steps on this machine' })
  const job = { runs: 2, encoders: 3, protocols: PROTOCOLS.length }
  const onProgress = (progress: Progress): void => report({ type: 'progress', progress })
  const told = await forecast(workbench, { ...job, request, signal, onProgress })
  report({ type: 'forecast', forecast: told })
}

async function pretrain(
  workbench: Workbench,
  { report, signal }: DemoOptions,
  request: StartRun & { name: string },
): Promise<Pretrained> {
  const { name } = request
  report({ type: 'stage', title: `Pretrain: ${name}` })
  const started = performance.now()
  const { id } = workbench.runs.start(request)
  const loss: MetricPoint[] = []
  const stop = (): void => void workbench.runs.stop(id)
  signal?.addEventListener('abort', stop)
  try {
    for await (const event of workbench.runs.watch(id)) {
      if (event.type === 'run' || event.type === 'strip' || event.type === 'pictures') continue
      if (event.type === 'metrics') loss.push(...event.points.filter((p) => p.name === 'loss'))
      report(event)
    }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  signal?.throwIfAborted()
  const run = workbench.project.store.runs.get(id)
  if (run.status !== 'done')
    throw new Error(`${name} ${run.status}: ${run.error ?? 'no reason given'}`)
  return { name, run, loss, seconds: (performance.now() - started) / 1000 }
}

async function evaluate(
  workbench: Workbench,
  options: DemoOptions,
  encoder: Omit<DemoEncoder, keyof Evaluated>,
  datasetId: number,
): Promise<Evaluated> {
  options.report({ type: 'stage', title: `Evaluate: ${encoder.name}` })
  const results: Partial<DemoEncoder['results']> = {}
  const evaluations: Partial<DemoEncoder['evaluations']> = {}
  for (const protocol of PROTOCOLS) {
    const found = await evaluateOnce(workbench, options, encoder.run, protocol, datasetId)
    results[protocol] = found.result
    evaluations[protocol] = found.id
  }
  return { results, evaluations } as Evaluated
}

async function evaluateOnce(
  workbench: Workbench,
  options: DemoOptions,
  run: Run | null,
  protocol: DemoProtocol,
  datasetId: number,
): Promise<{ id: number; result: EvaluationResult }> {
  const { report, signal } = options
  const random = { runId: null, preset: samplePresets.merged.name, values: designOf(options) }
  const encoder = run ? { runId: run.id } : random
  const request = { ...encoder, protocol, datasetId, settings: { clips: CLIPS } }
  const { id } = workbench.evaluations.start(request)
  for await (const event of workbench.evaluations.watch(id, signal)) {
    if (event.type === 'progress') report(event)
  }
  signal?.throwIfAborted()
  const { result, status, error } = workbench.project.store.evaluations.get(id)
  if (!result)
    throw new Error(`The ${protocol} evaluation ${status}: ${error ?? 'no reason given'}`)
  return { id, result }
}

/** Scores of the demo's table, and whose answers they count. */
export const demoScores = [
  { name: 'top1', protocol: 'linear' },
  { name: 'R@1', protocol: 'retrieval' },
  { name: 'R@5', protocol: 'retrieval' },
] as const satisfies readonly { name: string; protocol: DemoProtocol }[]

async function markBest(
  { evaluations }: Workbench,
  encoders: readonly DemoEncoder[],
): Promise<DemoResult['marks']> {
  const marks: DemoResult['marks'] = {}
  for (const { name, protocol } of demoScores) {
    const rows = encoders.map((encoder, place) => ({
      key: String(place),
      value: encoder.results[protocol].scores[name],
      ids: [encoder.evaluations[protocol]],
    }))
    const leader = leaderOf(rows)
    if (!leader) continue
    const others = rows.filter((row) => row !== leader)
    const request = { score: name, best: leader.ids, others: others.map(({ ids }) => ids) }
    const p = await evaluations.outcomes.compare(request)
    const tested = others.map(({ key }, i) => ({ key, p: p[i] }))
    marks[name] = Object.fromEntries(bestMarks(leader, tested))
  }
  return marks
}

function examples(workbench: Workbench, datasetId: number): Video[] {
  const { store } = workbench.project
  return store.datasets.get(datasetId).classes.flatMap((name) => {
    return store.videos.query({ datasetId, class: name, split: 'test', limit: 1 }).items
  })
}
