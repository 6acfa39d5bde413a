import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { streamFault } from '#shared/methods/streams.ts'
import { tasks } from '#shared/tasks/index.ts'
import type { Evaluation, EvaluationEvent, StartEvaluation } from '#shared/contract/evaluations.ts'
import { formatsWithSplitLists } from '#shared/contract/indexing.ts'
import type { Project } from '../store/project.ts'
import { writeRowCard } from '../store/row-card.ts'
import type { NewEvaluation } from '../store/evaluations.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { EvaluateJob, VideoList } from '../trainer/process/messages.ts'
import { JobQueue, type Machine, type QueueOptions } from '../runs/queue/job-queue.ts'
import { ListedCorrections } from '../runs/process/listed-corrections.ts'
import { takeMissedSteps } from '../runs/curves/missed-steps.ts'
import { PairedOutcomes } from './paired-outcomes.ts'
import { Predictions } from './predictions.ts'
import { presetConfig } from '../runs/queue/preset-config.ts'
import { evaluatedSplits, listedSplits } from './evaluated-splits.ts'
import { checkSplitList } from './split-membership.ts'
import { checkEvaluationVideos, emptySplit } from '../runs/process/trainer-videos.ts'
import { writeVideoList } from '../runs/process/video-list.ts'

const SPLIT_LISTS = [1, 2, 3] as const

/** Evaluations of pretrained and of randomly initialised encoders. */
export class EvaluationQueue {
  /** What was answered for each test video. */
  readonly predictions: Predictions
  /** Evaluations compared on the videos that both have answered. */
  readonly outcomes: PairedOutcomes
  private readonly project: Project
  private readonly jobs: JobQueue<Evaluation>

  constructor(project: Project, machine: Machine, options: QueueOptions) {
    this.project = project
    this.predictions = new Predictions(project)
    this.outcomes = new PairedOutcomes(project)
    const { evaluations, evaluationMetrics } = project.store
    const kind = {
      get: (id: number) => evaluations.get(id),
      withStatus: (status: Evaluation['status']) => evaluations.withStatus(status),
      change: (id: number, change: Parameters<typeof evaluations.change>[1]) =>
        evaluations.change(id, change),
      keep: (id: number, change: Parameters<typeof evaluations.keep>[1]) =>
        evaluations.keep(id, change),
      isUnwritten: (id: number) => evaluations.isUnwritten(id),
      metrics: evaluationMetrics,
      log: (id: number) => project.logFile('evaluation', id),
      prepare: (id: number) => this.prepare(id),
      takeMissedSteps: (id: number) =>
        takeMissedSteps(evaluationMetrics, id, project.evaluationFolder(id)),
      ended: (id: number) => writeRowCard(project, 'evaluations', id),
      missing: (id: number) =>
        evaluations.get(id).result ? null : 'The trainer ended without a result. Try again.',
    }
    this.jobs = new JobQueue<Evaluation>(kind, machine, options)
  }

  /**
   * Queues an evaluation; it starts when the trainer is free.
   * @param place where it stands in the queue; left out, at the end
   * @throws WorkbenchError when there is no such run, preset or data set, or a split is empty;
   * ConfigError for a setting that the protocol does not have.
   */
  start(request: StartEvaluation, place?: number): Evaluation {
    return this.queue(request, { place })
  }

  private queue(request: StartEvaluation, where: { place?: number; group?: string }): Evaluation {
    const { store } = this.project
    const encoder = this.encoder(request)
    const dataset = store.datasets.choose(request.datasetId ?? encoder.datasetId)
    const { protocol } = request
    const settings = completeSettings(protocol, request.settings)
    const fault = streamFault(encoder.config, settings.stream)
    if (fault !== null) throw new WorkbenchError(fault)
    const merges = settings.merge === 'fame'
    const { usesMasks, needsColours = usesMasks, label } = tasks[protocol]
    if (encoder.config.modality === 'flow' && (needsColours || merges)) {
      throw new WorkbenchError(
        merges
          ? 'Merging masks colours, and this encoder takes flow. Set merge to none.'
          : `${label} needs colours, and this encoder takes flow. Choose another protocol.`,
      )
    }
    checkEvaluationVideos(store, dataset, listedSplits(protocol, settings))
    if (settings.splitList > 0 && !formatsWithSplitLists.includes(dataset.format)) {
      throw new WorkbenchError(`${dataset.name} has only one split. Leave the split list at 0.`)
    }
    const evaluation = store.evaluations.add({
      ...encoder,
      datasetId: dataset.id,
      protocol,
      settings,
      ...where,
    })
    this.jobs.enqueue(evaluation.id)
    return evaluation
  }

  /**
   * Queues an evaluation of each of the three split lists; they share a group.
   * @throws WorkbenchError where the data set has one split alone or lacks one of the lists, and as
   * `start`; then none is queued.
   */
  async startSplits(request: StartEvaluation): Promise<Evaluation[]> {
    const { datasets } = this.project.store
    const dataset = datasets.choose(request.datasetId ?? this.encoder(request).datasetId)
    if (formatsWithSplitLists.includes(dataset.format)) {
      for (const splitList of SPLIT_LISTS) await checkSplitList(dataset, splitList)
    }
    const group = randomUUID()
    return SPLIT_LISTS.map((splitList) =>
      this.queue({ ...request, settings: { ...request.settings, splitList } }, { group }),
    )
  }

  stop(id: number): Evaluation {
    return this.jobs.stop(id)
  }

  /**
   * Queues an evaluation again; features that it has cached are used.
   * @throws WorkbenchError for one that has not been stopped and has not failed.
   */
  resume(id: number): Evaluation {
    const { status } = this.project.store.evaluations.get(id)
    if (status !== 'stopped' && status !== 'failed') {
      throw new WorkbenchError(`Evaluation ${id} is ${status}, so it cannot be resumed.`)
    }
    return this.jobs.requeue(id)
  }

  /** What a protocol has left under this name; as text; null where there is no such file. */
  async artefact(id: number, name: string): Promise<string | null> {
    this.project.store.evaluations.get(id)
    const file = join(this.project.evaluationFolder(id), `${name}.json`)
    return readFile(file, 'utf8').catch(() => null)
  }

  /** The evaluation and its metrics so far, then what is new; ends after it has ended. */
  async *watch(id: number, signal?: AbortSignal): AsyncGenerator<EvaluationEvent, void, undefined> {
    for await (const news of this.jobs.watch(id, signal)) {
      // Only pretraining shows clips.
      if (news.type === 'strip' || news.type === 'pictures') continue
      switch (news.type) {
        case 'item':
          yield { type: 'evaluation', evaluation: news.item }
          break
        case 'metrics':
        case 'progress':
        case 'trace':
        case 'partial':
        case 'warning':
          yield news
      }
    }
  }

  /** Starts what waits: evaluations queued in earlier sessions and those that were cut short. */
  resumeAll(): void {
    this.jobs.enqueueAll()
  }

  /** Ends the current evaluation; it is done again at the next start. */
  close(): void {
    this.jobs.close()
  }

  private encoder(
    request: StartEvaluation,
  ): Pick<NewEvaluation, 'runId' | 'runName' | 'config'> & { datasetId?: number } {
    const { runId, preset, values } = request
    if (runId === null) {
      const config = presetConfig(preset, values)
      return { runId, runName: randomName(config), config }
    }
    const { name, config, datasetId } = this.project.store.runs.get(runId)
    return { runId, runName: name, config, datasetId }
  }

  private async prepare(id: number): Promise<EvaluateJob> {
    const { store } = this.project
    const { runId, datasetId, protocol, settings } = store.evaluations.get(id)
    const dataset = store.datasets.get(datasetId)
    const config = store.evaluations.config(id)
    const corrections = tasks[protocol].usesMasks
      ? new ListedCorrections({ store, dataset, shape: config, keepAll: true })
      : undefined
    const evaluated = await evaluatedSplits(store, dataset, settings)
    const listed = async (split: 'train' | 'test'): Promise<VideoList> => {
      // One evaluation at a time: each takes the place of the one before.
      const file = join(this.project.cacheFolder, 'evaluation', `${split}.jsonl`)
      const { videos } = await writeVideoList(file, {
        store,
        dataset,
        corrections,
        ...evaluated[split],
        identified: true,
        labelled: tasks[protocol].needsClasses !== false,
      })
      if (videos === 0 && tasks[protocol].splits.includes(split)) {
        throw emptySplit(dataset, split, settings)
      }
      return { file, root: dataset.folder }
    }
    return {
      kind: 'evaluate',
      protocol,
      config,
      settings,
      folder: runId === null ? null : this.project.runFolder(runId),
      outputs: this.project.evaluationFolder(id),
      featureCache: this.project.featureFolder,
      flowCache: this.project.flowFolder,
      classes: dataset.classes,
      train: await listed('train'),
      test: await listed('test'),
    }
  }
}

/** Tells untrained encoders of one shape from those of another. */
function randomName({ model, frames, size }: PretrainConfig): string {
  return `random initialisation (${model}, ${frames}×${size}×${size})`
}
