import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Dataset, Video } from '#shared/contract/videos.ts'
import type { Store } from '../store/store.ts'
import type { VideoFilter } from '../store/videos.ts'
import { WorkbenchError } from '../store/workbench-error.ts'
import type { TrainerVideo } from '../trainer/protocol.ts'

/** Label of a video whose class is not known; only pretraining, which needs no label, sees it. */
const NO_LABEL = -1

/**
 * The videos that pretraining takes: those that can be read of split `train`, or all that can be
 * read where the data set has no splits.
 */
export function pretrainFilter(store: Store, dataset: Dataset): VideoFilter {
  const datasetId = dataset.id
  const { videos } = store
  const splits = (['train', 'test', 'val'] as const).some(
    (split) => videos.count({ datasetId, split }) > 0,
  )
  return { datasetId, readable: true, ...(splits && { split: 'train' }) }
}

/**
 * How many videos pretraining has.
 * @throws WorkbenchError when there are none, or fewer than a batch.
 */
export function countPretrainVideos(store: Store, dataset: Dataset, batch: number): number {
  const count = store.videos.count(pretrainFilter(store, dataset))
  if (count === 0) {
    throw new WorkbenchError(
      `${describe(dataset)} has no training videos that can be read. ` +
        'Check its split lists and index it again.',
    )
  }
  if (count < batch) {
    throw new WorkbenchError(
      `${describe(dataset)} has ${count} training videos, fewer than a batch of ${batch}. ` +
        `Set batch to ${count} or less, with queue a multiple of it.`,
    )
  }
  return count
}

/** @throws WorkbenchError when one of the two splits has no video with a class that can be read. */
export function checkEvaluationVideos(store: Store, dataset: Dataset): void {
  const datasetId = dataset.id
  for (const split of ['train', 'test'] as const) {
    if (store.videos.count({ datasetId, split, readable: true }) > 0) continue
    throw new WorkbenchError(
      `${describe(dataset)} has no ${split} videos that can be read; an evaluation needs both a ` +
        'train and a test split. Check its split lists and index it again.',
    )
  }
}

/** The matching videos as the trainer needs them, read page by page so that the host stays alive. */
export async function trainerVideos(
  store: Store,
  dataset: Dataset,
  filter: VideoFilter,
): Promise<TrainerVideo[]> {
  const labels = new Map(dataset.classes.map((name, label) => [name, label]))
  const videos: TrainerVideo[] = []
  for (const page of store.videos.pages(filter)) {
    for (const video of page) videos.push(toTrainerVideo(video, dataset, labels))
    await breathe()
  }
  return videos
}

function toTrainerVideo(
  video: Video,
  dataset: Dataset,
  labels: ReadonlyMap<string, number>,
): TrainerVideo {
  return {
    id: video.id,
    path: join(dataset.folder, video.path),
    frames: video.frames ?? 0,
    label: labels.get(video.class ?? '') ?? NO_LABEL,
  }
}

function describe(dataset: Dataset): string {
  return `Data set ${dataset.id} (${dataset.name})`
}
