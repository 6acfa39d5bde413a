import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { plannedSteps } from '#shared/config/steps.ts'
import { trainingSettings } from '#shared/config/training-settings.ts'
import { phaseFault } from '#shared/methods/phases.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import type { Store } from '../../store/store.ts'
import type { VideoFilter } from '../../store/video-filter.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'

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
 * @throws WorkbenchError when there are none, fewer than a batch, or too few for a phase of the run.
 */
export function countPretrainVideos(
  store: Store,
  dataset: Dataset,
  config: PretrainConfig,
): number {
  const { count, problem } = pretrainVideos(store, dataset, config)
  if (problem !== null) throw new WorkbenchError(problem)
  return count
}

/** How many videos there are to train on, and why a run comes to nothing with them, if it does. */
export function pretrainVideos(
  store: Store,
  dataset: Dataset,
  config: PretrainConfig,
): { count: number; problem: string | null } {
  const count = store.videos.count(pretrainFilter(store, dataset))
  const problem = problemOf(count, dataset, config)
  return { count, problem: problem ?? phaseFault(config, plannedSteps(config, count)) }
}

function problemOf(
  count: number,
  dataset: Dataset,
  { batch, repeats }: PretrainConfig,
): string | null {
  if (count >= batch / repeats) return null
  const needs = repeats === 1 ? batch : `${batch / repeats} (batch / repeats)`
  if (count === 0) {
    return (
      `${describe(dataset)} has no training videos that can be read. ` +
      'Check its split lists and index it again.'
    )
  }
  return (
    `${describe(dataset)} has ${count} training videos, and a batch needs ${needs}. ` +
    remedyOf(count, repeats)
  )
}

/** What to set for batches of so few videos: a batch needs two of them, and at most all. */
function remedyOf(count: number, repeats: number): string {
  if (count < 2) return 'Index more videos: a batch needs at least 2.'
  const { max } = trainingSettings.batch
  const largest = Math.min(count, Math.floor(max / repeats)) * repeats
  const fitting = repeats === 1 ? '' : `a multiple of ${repeats}, `
  return `Set batch to ${fitting}${largest} or less, with queue a multiple of it.`
}

/** @throws WorkbenchError when one of the splits has no video with a class that can be read. */
export function checkEvaluationVideos(
  store: Store,
  dataset: Dataset,
  splits: readonly ('train' | 'test')[],
): void {
  const datasetId = dataset.id
  for (const split of splits) {
    if (store.videos.count({ datasetId, split, readable: true }) === 0) {
      throw emptySplit(dataset, split)
    }
  }
}

/** What to throw where a split that an evaluation needs has no video with a class that can be read. */
export function emptySplit(
  dataset: Dataset,
  split: 'train' | 'test',
  { splitList, split: testedOn, tag }: Pick<EvaluationSettings, 'splitList' | 'split' | 'tag'> = {
    splitList: 0,
    split: 'test',
    tag: '',
  },
): WorkbenchError {
  if (tag !== '' && split === 'test') {
    return new WorkbenchError(
      `No readable test video of ${describe(dataset)} has the tag “${tag}”. Tag ` +
        'some in Library, or leave out the tag.',
    )
  }
  const by = splitList === 0 ? '' : ` by split list ${splitList}`
  if (testedOn === 'validation' && split === 'test') {
    return new WorkbenchError(
      `${describe(dataset)} has no training video to hold out for validation${by}: no class has two ` +
        'training videos that can be read. Evaluate on the test split, or index more videos.',
    )
  }
  return new WorkbenchError(
    `${describe(dataset)} has no ${split} videos that can be read${by}; an evaluation needs both a ` +
      'train and a test split. Check its split lists and index it again.',
  )
}

function describe(dataset: Dataset): string {
  return `Data set ${dataset.id} (${dataset.name})`
}
