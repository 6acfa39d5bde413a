import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ShownVideo, ViewsRequest } from '#shared/contract/drawn-views.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { countPretrainVideos } from '../runs/process/trainer-videos.ts'
import { listPlannedVideos, plannedRun } from '../runs/queue/planned-run.ts'
import { trialFolder } from '../runs/trials/trial-folder.ts'
import type { Project } from '../store/project.ts'
import type { VideoList } from '../trainer/process/messages.ts'
import { DecoderPool } from '../video/decoder-pool.ts'
import type { DrawnPairs } from './jobs/pairs-protocol.ts'

/** Videos that are kept as they were shown; each is some megabytes at most. */
const KEPT = 24
/** Flow of a video may have to be computed first, ms. */
const PATIENCE = 180_000

interface Taken {
  config: PretrainConfig
  dataset: Dataset
  list: VideoList
}

/** Shows the clips that a method takes of a video, as the loader of a run makes them. */
export class PairService {
  private readonly project: Project
  /** Of its own, so that thumbnails and frames do not wait for it. */
  private readonly decoders = new DecoderPool({ size: 1 })
  private readonly shown = new LRUCache<string, { file: string; pictures: Uint8Array[] }>({
    max: KEPT,
  })
  /** The list of what a form would start, by its settings. */
  private planned: { tag: string; taken: Promise<Taken & { folder: string }> } | null = null

  constructor(project: Project) {
    this.project = project
  }

  /**
   * The clips of one video of a batch.
   * @throws WorkbenchError for a run without a list of videos, or a place that it does not have
   */
  async show({ of, batch, slot }: ViewsRequest, signal?: AbortSignal): Promise<ShownVideo> {
    const { config, dataset, list } =
      'runId' in of ? this.ofRun(of.runId) : await this.ofPlan(of.plan)
    if (slot >= config.batch) {
      throw new WorkbenchError(`A batch has ${config.batch} videos, counted from 0.`)
    }
    const { flowFolder: flowCache } = this.project
    const job = { path: list.file, list, config, flowCache, batch, slot }
    const drawn = await this.decoders.run('pairs', job, { signal, timeout: PATIENCE })
    return this.keep(drawn, { config, dataset, list })
  }

  /** The file that pictures were made from, and the picture of a view. @throws WorkbenchError where it is gone */
  picture(key: string, view: number): { file: string; png: Uint8Array } {
    const known = this.shown.get(key)
    const png = known?.pictures[view]
    if (!known || !png) {
      throw new WorkbenchError('These clips are no longer kept. Choose the video again.')
    }
    return { file: known.file, png }
  }

  async close(): Promise<void> {
    this.decoders.close()
    await this.forgetPlan()
  }

  private keep({ facts, pictures }: DrawnPairs, { config, dataset, list }: Taken): ShownVideo {
    const { label, ...rest } = facts
    const { mtimeMs } = statSync(list.file)
    const parts = [JSON.stringify(config), list.file, mtimeMs, facts.batch, facts.slot]
    const key = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24)
    this.shown.set(key, { file: list.file, pictures })
    return { key, ...rest, class: dataset.classes[label] ?? null }
  }

  private ofRun(id: number): Taken {
    const { store } = this.project
    const { config, datasetId } = store.runs.get(id)
    const file = join(this.project.runFolder(id), 'videos.jsonl')
    if (!existsSync(file)) {
      throw new WorkbenchError('The run has no list of videos yet. It gets one when it starts.')
    }
    const dataset = store.datasets.get(datasetId)
    return { config, dataset, list: { file, root: dataset.folder } }
  }

  /** The list is written once for settings that do not change. */
  private async ofPlan(request: Parameters<typeof plannedRun>[1]): Promise<Taken> {
    const { config, dataset } = plannedRun(this.project, request)
    countPretrainVideos(this.project.store, dataset, config)
    const { useCorrections, frames, stride } = config
    const tag = JSON.stringify([dataset.id, useCorrections, frames, stride])
    let known = this.planned
    if (known?.tag !== tag) {
      await this.forgetPlan()
      known = { tag, taken: this.listPlan(config, dataset) }
      this.planned = known
    }
    return { ...(await known.taken), config }
  }

  private async listPlan(
    config: PretrainConfig,
    dataset: Dataset,
  ): Promise<Taken & { folder: string }> {
    const folder = await trialFolder(this.project)
    const file = join(folder, 'videos.jsonl')
    const { list } = await listPlannedVideos(this.project, { config, dataset }, file)
    return { config, dataset, list, folder }
  }

  private async forgetPlan(): Promise<void> {
    const before = this.planned
    this.planned = null
    const taken = await before?.taken.catch(() => null)
    if (taken) await rm(taken.folder, { recursive: true, force: true })
  }
}
