import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import {
  chainedEvaluationSchema,
  type ChainedEvaluation,
  type RunCorrections,
  type StartRun,
} from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import type { Project } from '../../store/project.ts'
import type { VideoList } from '../../trainer/process/messages.ts'
import { ListedCorrections } from '../process/listed-corrections.ts'
import { presetConfig } from './preset-config.ts'
import { pretrainFilter } from '../process/trainer-videos.ts'
import { writeVideoList, type WrittenVideoList } from '../process/video-list.ts'

/** A run that somebody thinks of starting. */
export interface PlannedRun {
  config: PretrainConfig
  dataset: Dataset
  chain: ChainedEvaluation[]
}

/**
 * What a request would start.
 * @throws WorkbenchError when there is no data set or no such preset; ConfigError for a value that
 * the table refuses
 */
export function plannedRun(project: Project, request: StartRun): PlannedRun {
  const config = presetConfig(request.preset, request.values)
  const dataset = project.store.datasets.choose(request.datasetId)
  return { config, dataset, chain: chainedEvaluationSchema.array().parse(request.chain ?? []) }
}

export interface PlannedVideos extends WrittenVideoList {
  list: VideoList
  /** What was taken from decisions about masks; null where they are not used. */
  corrections: RunCorrections | null
}

/** Lists the videos of a run in `file`, as they are now. @throws WorkbenchError as `writeVideoList` */
export async function listPlannedVideos(
  project: Project,
  { config, dataset }: Pick<PlannedRun, 'config' | 'dataset'>,
  file: string,
): Promise<PlannedVideos> {
  const { store } = project
  const filter = pretrainFilter(store, dataset)
  const corrections = config.useCorrections
    ? new ListedCorrections({ store, dataset, shape: config })
    : undefined
  const written = await writeVideoList(file, { store, dataset, filter, corrections })
  return {
    ...written,
    list: { file, root: dataset.folder },
    corrections: corrections?.counts ?? null,
  }
}
