import type { Estimate } from '#shared/contract/estimates.ts'
import type { Progress, StartRun } from '#shared/contract/runs.ts'
import { presetConfig } from '../runs/queue/preset-config.ts'
import type { Workbench } from '../workbench.ts'
import { CLIPS } from './design.ts'

/** What the demo consists of, beside the sample set. */
interface Job {
  /** One of the pretrainings; the others take as long. */
  request: StartRun
  runs: number
  encoders: number
  protocols: number
}

export interface ForecastOptions extends Job {
  signal?: AbortSignal
  onProgress: (progress: Progress) => void
}

export interface Forecast {
  /** Of all pretrainings and evaluations. */
  seconds: number
  /** Of one pretraining. */
  steps: number
  secondsPerStep: number
}

/**
 * Passes of a video's two clips in a step, a backward pass counted as two: each clip goes forward as
 * query and as key, and the query back.
 */
const PASSES = 8

/**
 * Times a few steps on this machine and adds up what all of the demo will take.
 * @throws as `Estimator.estimate`; Error when `signal` aborts
 */
export async function forecast(workbench: Workbench, options: ForecastOptions): Promise<Forecast> {
  const { request, signal, onProgress } = options
  const started = performance.now()
  let news = 0
  let startUp = 0
  let estimate: Estimate | null = null
  for await (const event of workbench.estimator.estimate(request, signal)) {
    if (event.type === 'estimate') estimate = event.estimate
    if (event.type !== 'progress') continue
    // The second comes from the trainer itself, which has loaded TensorFlow by then.
    if (news++ === 1) startUp = (performance.now() - started) / 1000
    onProgress(event.progress)
  }
  signal?.throwIfAborted()
  if (!estimate) throw new Error('No step could be timed. Start the demo again.')
  const { steps } = await workbench.estimator.plan(request)
  const { secondsPerStep } = estimate
  return { seconds: sum(workbench, options, estimate, startUp), steps, secondsPerStep }
}

function sum(
  { project }: Workbench,
  { request, runs, encoders, protocols }: Job,
  { seconds, timing }: Estimate,
  startUp: number,
): number {
  const { batch } = presetConfig(request.preset, request.values)
  const videos = project.store.videos.count({ datasetId: request.datasetId })
  const features = (videos * CLIPS * timing.compute) / (batch * PASSES)
  return runs * (seconds + startUp) + encoders * (features + protocols * startUp)
}
