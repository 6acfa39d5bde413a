import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { ShownVideo, ViewsRequest } from '#shared/contract/drawn-views.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { countPretrainVideos } from '../runs/process/trainer-videos.ts'
import { plannedRun } from '../runs/queue/planned-run.ts'
import type { Project } from '../store/project.ts'
import type { VideoList } from '../trainer/process/messages.ts'
import { DecoderPool } from '../video/decoder-pool.ts'
import type { DrawnPairs } from './jobs/pairs-protocol.ts'
import { PlannedLists } from './planned-lists.ts'

/** Videos that are kept as they were shown; each is some megabytes at most. */
const KEPT = 24
/** Flow of a video may have to be computed first, ms. */
const PATIENCE = 180_000

interface Taken {
  config: PretrainConfig
  dataset: Dataset
  list: VideoList
}

type Place = Pick<ViewsRequest, 'batch' | 'slot'>

/** Shows the clips that a method takes of a video, as the loader of a run makes them. */
export class PairService {
  private readonly project: Project
  /** Of its own, so that thumbnails and frames do not wait for it. */
  private readonly decoders = new DecoderPool({ size: 1 })
  private readonly shown = new LRUCache<string, { file: string; pictures: Uint8Array[] }>({
    max: KEPT,
  })
  private readonly planned: PlannedLists

  constructor(project: Project) {
    this.project = project
    this.planned = new PlannedLists(project)
  }

  /**
   * The clips of one video of a batch.
   * @throws WorkbenchError for a run without a list of videos, or a place that it does not have
   */
  async show({ of, ...place }: ViewsRequest, signal?: AbortSignal): Promise<ShownVideo> {
    if ('runId' in of) return this.draw(this.ofRun(of.runId), place, signal)
    const run = plannedRun(this.project, of.plan)
    const { config, dataset } = run
    countPretrainVideos(this.project.store, dataset, config)
    return this.planned.use(run, (list) => this.draw({ config, dataset, list }, place, signal))
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
    await this.planned.close()
  }

  private async draw(
    { config, dataset, list }: Taken,
    { batch, slot }: Place,
    signal: AbortSignal | undefined,
  ): Promise<ShownVideo> {
    if (slot >= config.batch) {
      throw new WorkbenchError(`A batch has ${config.batch} videos, counted from 0.`)
    }
    const written = statSync(list.file, { throwIfNoEntry: false })
    if (!written) {
      throw new WorkbenchError('The run has no list of videos yet. It gets one when it starts.')
    }
    const { flowFolder: flowCache } = this.project
    const job = { path: list.file, list, config, flowCache, batch, slot }
    const drawn: DrawnPairs = await this.decoders.run('pairs', job, { signal, timeout: PATIENCE })
    const { facts, pictures } = drawn
    const parts = [JSON.stringify(config), list.file, written.mtimeMs, facts.batch, facts.slot]
    const key = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24)
    this.shown.set(key, { file: list.file, pictures })
    const { label, ...rest } = facts
    return { key, ...rest, class: dataset.classes[label] ?? null }
  }

  private ofRun(id: number): Taken {
    const { store } = this.project
    const { config, datasetId } = store.runs.get(id)
    const file = join(this.project.runFolder(id), 'videos.jsonl')
    const dataset = store.datasets.get(datasetId)
    return { config, dataset, list: { file, root: dataset.folder } }
  }
}
