import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { plannedSteps } from '#shared/config/steps.ts'
import type { ClipStrip } from '#shared/contract/clip-strip.ts'
import type { MethodPictures } from '#shared/contract/method-pictures.ts'
import {
  chainedEvaluationSchema,
  type Run,
  type RunEvent,
  type StartRun,
  type StartSweep,
} from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import type { Project } from '../../store/project.ts'
import { writeRowCard } from '../../store/row-card.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { readClipStrip } from '../../store/clip-strip-file.ts'
import { readMethodPictures } from '../../store/method-pictures-file.ts'
import type { PretrainJob } from '../../trainer/process/messages.ts'
import { sweepRuns } from '#shared/config/sweep.ts'
import { JobQueue, type Machine, type QueueOptions } from './job-queue.ts'
import { lacksVideos } from '../folder/datasets.ts'
import { madeWith } from '../provenance/provenance.ts'
import { refuseStoredOrientation } from '../process/list-orientation.ts'
import { takeMissedSteps } from '../curves/missed-steps.ts'
import { listPlannedVideos } from './planned-run.ts'
import { presetConfig, sweptValues } from './preset-config.ts'
import { countPretrainVideos } from '../process/trainer-videos.ts'

/** Pretraining runs: started, stopped, watched, and taken up again after a restart. */
export class RunQueue {
  private readonly project: Project
  private readonly jobs: JobQueue<Run>
  private readonly onEnded: (id: number) => void

  /** @param onEnded called after a run has ended and its row says so */
  constructor(
    project: Project,
    machine: Machine,
    options: QueueOptions,
    onEnded: (id: number) => void,
  ) {
    this.project = project
    this.onEnded = onEnded
    const { runs, runMetrics, pauseMarks } = project.store
    const kind = {
      get: (id: number) => runs.get(id),
      withStatus: (status: Run['status']) => runs.withStatus(status),
      change: (id: number, change: Parameters<typeof runs.change>[1]) => runs.change(id, change),
      keep: (id: number, change: Parameters<typeof runs.keep>[1]) => runs.keep(id, change),
      isUnwritten: (id: number) => runs.isUnwritten(id),
      metrics: runMetrics,
      pauses: pauseMarks,
      log: (id: number) => project.logFile('run', id),
      prepare: (id: number) => this.prepare(id),
      takeMissedSteps: (id: number) => takeMissedSteps(runMetrics, id, project.runFolder(id)),
      ended: (id: number) => {
        writeRowCard(project, 'runs', id)
        this.onEnded(id)
      },
      missing: () => null,
    }
    this.jobs = new JobQueue<Run>(kind, machine, options)
  }

  /**
   * Queues a run; it starts when the trainer is free.
   * @throws WorkbenchError when there is no data set, no such preset, or too few training videos;
   * ConfigError for a value that the hyper-parameter table refuses.
   */
  start(request: StartRun): Run {
    const run = this.add(request, null)
    this.jobs.enqueue(run.id)
    return run
  }

  /**
   * Queues the runs of a sweep; either all of them or none.
   * @throws as `start`, and ConfigError for a sweep that makes no sense
   */
  sweep({ name, grid, seeds, ...request }: StartSweep): Run[] {
    const base = presetConfig(request.preset, request.values)
    const runs = sweepRuns(base, { grid, seeds }).map(({ label, values }) => ({
      label,
      values: sweptValues(request.values, values),
    }))
    const videos = this.project.store.datasets.choose(request.datasetId)
    for (const { values } of runs) {
      countPretrainVideos(this.project.store, videos, presetConfig(request.preset, values))
    }
    return runs.map(({ label, values }) => {
      const all = { ...request, name: `${name}: ${label}`, values }
      const run = this.add(all, name)
      this.jobs.enqueue(run.id)
      return run
    })
  }

  /**
   * Queues a run with the settings of another, from the beginning; that one stays as it is.
   * @throws WorkbenchError as `start`
   */
  startOver(id: number): Run {
    const { runs } = this.project.store
    const { name, config, datasetId, chain, sweep, tags } = runs.get(id)
    const run = this.add({ name, datasetId, values: config, chain }, sweep)
    runs.change(run.id, { tags })
    this.jobs.enqueue(run.id)
    return runs.get(run.id)
  }

  private add(request: StartRun, sweep: string | null): Run {
    const { store } = this.project
    const config = presetConfig(request.preset, request.values)
    const dataset = store.datasets.choose(request.datasetId)
    const videos = countPretrainVideos(store, dataset, config)
    return store.runs.add({
      sweep,
      name: request.name ?? request.preset ?? 'pretraining',
      config,
      datasetId: dataset.id,
      totalSteps: plannedSteps(config, videos),
      chain: chainedEvaluationSchema.array().parse(request.chain ?? []),
    })
  }

  /** Asks for a checkpoint and a clean end; a run that only waits is taken out of the queue. */
  stop(id: number): Run {
    return this.jobs.stop(id)
  }

  /** Stops a run, with a checkpoint, and puts it into the trash, from where it can be taken back. */
  discard(id: number): Run {
    const { runs } = this.project.store
    runs.change(id, { trashedAt: new Date().toISOString(), chain: [] })
    this.jobs.stop(id)
    return runs.get(id)
  }

  /** Asks for a checkpoint and a pause; the run keeps its place and waits until it is resumed. */
  pause(id: number): Run {
    return this.jobs.pause(id)
  }

  /**
   * Puts a waiting run before another one, or at the end of the queue.
   * @throws WorkbenchError when one of them does not wait.
   */
  move(id: number, before: number | null): Run[] {
    const { runs } = this.project.store
    const waiting = [...runs.withStatus('queued'), ...runs.withStatus('paused')]
      .filter((run) => run.id !== id)
      .sort((a, b) => a.place - b.place)
    const at = before === null ? waiting.length : waiting.findIndex((run) => run.id === before)
    if (at < 0 || !isWaiting(runs.get(id))) {
      throw new WorkbenchError(
        `Run ${at < 0 ? before : id} is no longer waiting. Only waiting runs can be moved.`,
      )
    }
    // The same places in another order: between two there is no end of room.
    const order = waiting.toSpliced(at, 0, runs.get(id))
    const places = order.map(({ place }) => place).sort((a, b) => a - b)
    runs.place(order.map((run, i) => ({ id: run.id, place: places[i] })))
    return runs.list()
  }

  /**
   * Queues a run that was stopped or has failed, or that a killed host has left waiting; it goes on
   * from its newest checkpoint, or from the beginning when it has none.
   * @throws WorkbenchError for a run that is done or running.
   */
  resume(id: number): Run {
    const { store } = this.project
    const run = store.runs.get(id)
    const refusal = cannotResume(run)
    if (refusal !== null) throw new WorkbenchError(refusal)
    if (run.status !== 'paused') {
      store.runs.change(id, { place: store.runs.endOfQueue() })
    }
    return this.jobs.requeue(id)
  }

  /**
   * The run and all its metrics so far, unless `history` is false, then what is new; ends after the
   * run has ended.
   */
  async *watch(
    id: number,
    signal?: AbortSignal,
    options: { history?: boolean } = {},
  ): AsyncGenerator<RunEvent, void, undefined> {
    for await (const news of this.jobs.watch(id, signal, options)) {
      if (news.type === 'item') yield { type: 'run', run: news.item }
      else if (news.type !== 'partial' && news.type !== 'trace') yield news
    }
  }

  /** What its encoder took lately; null before its first step. @throws WorkbenchError for no such run. */
  async clipStrip(id: number): Promise<ClipStrip | null> {
    this.project.store.runs.get(id)
    return readClipStrip(this.project.runFolder(id))
  }

  /** Pictures that its method has made, by step. @throws WorkbenchError for no such run. */
  async pictures(id: number): Promise<MethodPictures[]> {
    this.project.store.runs.get(id)
    return readMethodPictures(this.project.runFolder(id))
  }

  /** Tells all that watch a run. */
  warn(id: number, message: string): void {
    this.jobs.warn(id, message)
  }

  /** Starts what waits: runs queued in earlier sessions and runs that were cut short. */
  resumeAll(): void {
    this.jobs.enqueueAll()
  }

  /** Lets the current run save itself; it goes on at the next start. */
  close(): void {
    this.jobs.close()
  }

  private async prepare(id: number): Promise<PretrainJob> {
    const { store } = this.project
    const run = store.runs.get(id)
    const dataset = store.datasets.get(run.datasetId)
    const folder = this.project.runFolder(id)
    const file = join(folder, 'videos.jsonl')
    if (!existsSync(file)) await this.listVideos(run, dataset, file)
    else await refuseStoredOrientation(store, dataset.id, file)
    writeRowCard(this.project, 'runs', id)
    return {
      kind: 'pretrain',
      folder,
      config: run.config,
      videos: { file, root: dataset.folder },
      decodedCache: join(this.project.cacheFolder, 'decoded'),
      flowCache: this.project.flowFolder,
      resume: run.startedAt !== null,
    }
  }

  /** Settles which videos a run takes, however the index changes afterwards, and so its length. */
  private async listVideos(run: Run, dataset: Dataset, file: string): Promise<void> {
    const { store } = this.project
    const { batch } = run.config
    countPretrainVideos(store, dataset, run.config)
    const { videos, sha256, corrections } = await listPlannedVideos(
      this.project,
      { config: run.config, dataset },
      file,
    )
    if (videos < batch) {
      await rm(file)
      throw new WorkbenchError(tooManyRejected(videos, batch))
    }
    const { leftOut = 0 } = corrections ?? {}
    if (leftOut > 0) this.jobs.warn(run.id, leftOutOf(leftOut))
    const totalSteps = plannedSteps(run.config, videos)
    store.runs.change(run.id, {
      totalSteps,
      corrections,
      madeWith: await madeWith(run.config.model, sha256),
    })
  }
}

function tooManyRejected(videos: number, batch: number): string {
  return (
    `Only ${videos} training videos have a clip that is not rejected, which is fewer than a batch of ` +
    `${batch}. Approve more clips in Masks, lower the batch, or set useCorrections to false.`
  )
}

function leftOutOf(videos: number): string {
  const [are, them] = videos === 1 ? ['video is', 'it'] : ['videos are', 'them']
  return `${videos} ${are} left out: every clip of ${them} is rejected in Masks.`
}

function isWaiting({ status }: Run): boolean {
  return status === 'queued' || status === 'paused'
}

function cannotResume({ id, status, totalSteps, imported, trashedAt }: Run): string | null {
  if (trashedAt !== null) return `Run ${id} is in the trash. Restore it, then resume it.`
  if (imported?.missing) return lacksVideos(id, imported.missing)
  switch (status) {
    case 'done':
      return `Run ${id} is done: it has made all ${totalSteps} steps. Start a new run with more epochs.`
    case 'running':
      return `Run ${id} is already running. Watch it, or stop it first.`
    case 'stopping':
      return `Run ${id} is still stopping. Resume it when it has stopped.`
    default:
      return null
  }
}
