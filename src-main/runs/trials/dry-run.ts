import { access, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { tasks } from '#shared/tasks/index.ts'
import { plannedSteps } from '#shared/config/steps.ts'
import {
  dryRunChecks,
  rehearsedChecks,
  type CheckResult,
  type DryRunCheck,
  type DryRunEvent,
} from '#shared/contract/estimates.ts'
import type { StartRun } from '#shared/contract/runs.ts'
import type { Project } from '../../store/project.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { diskBytes } from '../../trainer/checkpoint/checkpoint-size.ts'
import { readableBytes } from '../../base/readable-bytes.ts'
import { listPlannedVideos, plannedRun, type PlannedRun } from '../queue/planned-run.ts'
import type { Trials } from './trials.ts'
import { checkEvaluationVideos, countPretrainVideos } from '../process/trainer-videos.ts'
import { trialFolder } from './trial-folder.ts'

type Events = AsyncGenerator<DryRunEvent, void, undefined>

/** Tries runs out without starting them: no row is made, and nothing is left. */
export class DryRuns {
  private readonly project: Project
  private readonly trials: Trials

  constructor(project: Project, trials: Trials) {
    this.project = project
    this.trials = trials
  }

  /**
   * Checks settings, data set, evaluations that follow and disk, and in the trainer one batch, one
   * step and one checkpoint. Each says that it went well, or what is wrong and what to do.
   * @throws WorkbenchError when the trainer is busy
   */
  async *run(request: StartRun, signal?: AbortSignal): Events {
    this.trials.checkFree()
    const folder = await trialFolder(this.project)
    const failed = new Set<DryRunCheck>()
    try {
      for await (const event of this.checks(request, folder, signal)) {
        if (event.type === 'check' && event.result.state === 'failed') {
          failed.add(event.result.check)
        }
        yield event
      }
      if (!signal?.aborted) yield { type: 'done', ok: failed.size === 0 }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  private async *checks(request: StartRun, folder: string, signal?: AbortSignal): Events {
    const { project } = this
    let run: PlannedRun | null = null
    let isThere = false
    yield* checked('settings', () => {
      run = plannedRun(project, request)
      const { model, frames, size, batch, accumulate } = run.config
      const step = accumulate > 1 ? `${accumulate} batches of ${batch}` : `${batch}`
      return `${model}, ${frames} frames at ${size} px, ${step} videos a step`
    })
    if (run) {
      const planned: PlannedRun = run
      yield* checked('dataset', async () => {
        const detail = await this.checkDataset(planned)
        isThere = true
        return detail
      })
      yield* checked('evaluations', () => this.checkEvaluations(planned))
      yield* checked('disk', () => this.checkDisk(planned))
      if (isThere) return yield* this.rehearse(planned, folder, signal)
    }
    const missed = run ? rehearsedChecks : dryRunChecks.slice(1)
    yield* skipped(missed, 'It depends on a check that failed above.')
  }

  private async checkDataset({ config, dataset }: PlannedRun): Promise<string> {
    const videos = countPretrainVideos(this.project.store, dataset, config)
    await access(dataset.folder).catch(() => {
      throw new WorkbenchError(
        `There is no folder ${dataset.folder}. Connect its disk, or relocate the data set under Manage.`,
      )
    })
    const steps = plannedSteps(config, videos)
    return `${dataset.name}: ${videos} readable training videos, ${steps} steps in total`
  }

  private checkEvaluations({ chain, dataset }: PlannedRun): string {
    const { store } = this.project
    if (chain.length === 0) return 'None follow this run'
    for (const { datasetId, protocol } of chain) {
      const tested = datasetId === undefined ? dataset : store.datasets.get(datasetId)
      checkEvaluationVideos(store, tested, tasks[protocol].splits)
    }
    const names = [...new Set(chain.map(({ protocol }) => protocol))].join(', ')
    return `${names}: the required splits have videos`
  }

  private async checkDisk({ config, dataset }: PlannedRun): Promise<string> {
    const { bavail, bsize } = await statfs(this.project.folder)
    const needed = diskBytes(config, countPretrainVideos(this.project.store, dataset, config))
    const text = `${readableBytes(needed)} at most, ${readableBytes(bavail * bsize)} free`
    if (needed <= bavail * bsize) return text
    throw new WorkbenchError(
      `${text}. Free some disk space, or lower keepCheckpoints or decodedCache.`,
    )
  }

  private async *rehearse(run: PlannedRun, folder: string, signal?: AbortSignal): Events {
    const left: CheckResult['check'][] = [...rehearsedChecks]
    try {
      yield running(left[0])
      const { list } = await listPlannedVideos(this.project, run, join(folder, 'videos.jsonl'))
      const job = { kind: 'rehearse', config: run.config, videos: list, folder } as const
      const news = this.trials.run(job, signal)
      try {
        for (;;) {
          const { value, done } = await news.next()
          if (done) {
            if (value.type === 'done' || signal?.aborted) return
            const fact = value.type === 'failed' ? value.message : 'The trainer was stopped.'
            throw new WorkbenchError(fact)
          }
          if (value.type === 'warning') yield value
          if (value.type !== 'passed') continue
          yield { type: 'check', result: { check: value.check, state: 'ok', detail: value.detail } }
          left.shift()
          if (left[0]) yield running(left[0])
        }
      } finally {
        await news.return({ type: 'stopped' })
      }
    } catch (error) {
      yield failure(left[0], error)
      yield* skipped(left.slice(1), 'It depends on a check that failed above.')
    }
  }
}

async function* checked(check: DryRunCheck, work: () => string | Promise<string>): Events {
  yield running(check)
  try {
    yield { type: 'check', result: { check, state: 'ok', detail: await work() } }
  } catch (error) {
    yield failure(check, error)
  }
}

function running(check: DryRunCheck): DryRunEvent {
  return { type: 'check', result: { check, state: 'running', detail: '' } }
}

function failure(check: DryRunCheck, error: unknown): DryRunEvent {
  const detail = error instanceof Error ? error.message : String(error)
  return { type: 'check', result: { check, state: 'failed', detail } }
}

async function* skipped(checks: readonly DryRunCheck[], detail: string): Events {
  for (const check of checks) yield { type: 'check', result: { check, state: 'skipped', detail } }
}
