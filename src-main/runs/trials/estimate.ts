import { rm, statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { plannedSteps } from '#shared/config/steps.ts'
import type { Estimate, EstimateEvent, RunPlan, StepTiming } from '#shared/contract/estimates.ts'
import type { StartRun } from '#shared/contract/runs.ts'
import type { Project } from '../../store/project.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { checkpointBytes, diskBytes } from '../../trainer/checkpoint/checkpoint-size.ts'
import { readableBytes } from '../../base/readable-bytes.ts'
import { EstimateCache } from './estimate-cache.ts'
import { listPlannedVideos, plannedRun, type PlannedRun } from '../queue/planned-run.ts'
import type { Trials } from './trials.ts'
import { countPretrainVideos, pretrainVideos } from '../process/trainer-videos.ts'
import { trialFolder } from './trial-folder.ts'

/** About how long batches are timed, in seconds. */
const LIMIT = 40
/** Part of the machine's memory that a trainer may take without a warning. */
const ROOM = 0.9

/** Says beforehand what a run will take, from a short trial of its settings on its videos. */
export class Estimator {
  private readonly project: Project
  private readonly trials: Trials
  private readonly cache: EstimateCache

  constructor(project: Project, trials: Trials) {
    this.project = project
    this.trials = trials
    this.cache = new EstimateCache(project)
  }

  /**
   * How long a run would be, and the last estimate for it: nothing is measured.
   * @throws as `plannedRun`
   */
  async plan(request: StartRun): Promise<RunPlan> {
    const run = plannedRun(this.project, request)
    const { count, problem } = pretrainVideos(this.project.store, run.dataset, run.config)
    const { busy } = this.trials
    if (problem !== null) return { videos: count, steps: 0, problem, estimate: null, busy }
    const kept = this.cache.find(run, count)
    const steps = plannedSteps(run.config, count)
    const estimate = kept && (await this.estimateOf(run, { steps, videos: count }, kept))
    return { videos: count, steps, problem, estimate, busy }
  }

  /**
   * Measures, telling how far it is, and ends with the estimate. Leaving early ends the trial.
   * @throws as `plan`, and WorkbenchError for too few videos, a busy trainer or a failed trial
   */
  async *estimate(
    request: StartRun,
    signal?: AbortSignal,
  ): AsyncGenerator<EstimateEvent, void, undefined> {
    const run = plannedRun(this.project, request)
    const videos = countPretrainVideos(this.project.store, run.dataset, run.config)
    const steps = plannedSteps(run.config, videos)
    this.trials.checkFree()
    const folder = await trialFolder(this.project)
    try {
      const timing = yield* this.measure(run, folder, signal)
      if (!timing) return
      const kept = this.cache.keep(run, videos, timing)
      yield { type: 'estimate', estimate: await this.estimateOf(run, { steps, videos }, kept) }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** @returns null when it was ended early */
  private async *measure(
    run: PlannedRun,
    folder: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<EstimateEvent, StepTiming | null, undefined> {
    const { list } = await listPlannedVideos(this.project, run, join(folder, 'videos.jsonl'))
    const job = { kind: 'time', config: run.config, videos: list, limit: LIMIT } as const
    const news = this.trials.run(job, signal)
    let timing: StepTiming | null = null
    yield { type: 'progress', progress: STARTING }
    try {
      for (;;) {
        const { value, done } = await news.next()
        if (done) {
          if (value.type === 'failed') throw new WorkbenchError(value.message)
          return value.type === 'done' ? timing : null
        }
        if (value.type === 'timed') timing = value.timing
        if (value.type === 'progress' || value.type === 'warning') yield value
      }
    } finally {
      await news.return({ type: 'stopped' })
    }
  }

  private async estimateOf(
    run: PlannedRun,
    { steps, videos }: { steps: number; videos: number },
    { timing, measuredAt }: { timing: StepTiming; measuredAt: string },
  ): Promise<Estimate> {
    const { bavail, bsize } = await statfs(this.project.folder)
    const sums = {
      ...duration(run, steps, timing),
      checkpoint: checkpointBytes(run.config, videos),
      disk: diskBytes(run.config, videos),
      machineMemory: totalmem(),
      freeDisk: bavail * bsize,
    }
    return { timing, measuredAt, ...sums, warnings: warningsOf(run, timing, sums) }
  }
}

const STARTING = {
  phase: 'Starting the trainer',
  unit: 'sizes',
  done: 0,
  total: 1,
  rate: 0,
  secondsLeft: null,
}

/** The first epoch decodes; the later ones take from memory what has room there. */
function duration({ config }: PlannedRun, steps: number, timing: StepTiming) {
  const { first, later, kept, compute } = timing
  const { accumulate, epochs } = config
  const batch = kept * later + (1 - kept) * first
  const inFirst = Math.min(steps, Math.ceil(steps / epochs))
  return {
    secondsPerStep: accumulate * batch,
    waitPerStep: accumulate * Math.max(0, batch - compute),
    seconds: accumulate * (inFirst * first + (steps - inFirst) * batch),
  }
}

function warningsOf(
  { config }: PlannedRun,
  { memory }: StepTiming,
  sums: Pick<Estimate, 'machineMemory' | 'disk' | 'freeDisk' | 'secondsPerStep' | 'waitPerStep'>,
): string[] {
  const warnings: string[] = []
  if (memory > ROOM * sums.machineMemory) {
    warnings.push(
      `It needs about ${readableBytes(memory)} of memory and the machine has ` +
        `${readableBytes(sums.machineMemory)}: lower batch and raise accumulate by the same factor, or lower ` +
        'size or frames.',
    )
  }
  if (sums.disk > sums.freeDisk) {
    warnings.push(
      `It needs up to ${readableBytes(sums.disk)} on disk, and the disk of the project has ${readableBytes(sums.freeDisk)} ` +
        'free. Free some space, or lower keepCheckpoints.',
    )
  }
  if (sums.waitPerStep > 0.3 * sums.secondsPerStep) {
    warnings.push(
      `The trainer would wait for clips ${Math.round((100 * sums.waitPerStep) / sums.secondsPerStep)} % ` +
        `of the time: raise loaderThreads above ${config.loaderThreads} if the CPU has free cores.`,
    )
  }
  return warnings
}
