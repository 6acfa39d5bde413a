import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { tasks, type Protocol } from '#shared/tasks/index.ts'
import type { Dataset, Video } from '#shared/contract/videos.ts'
import type { Store } from '../store/store.ts'
import type { VideoFilter } from '../store/video-filter.ts'
import { splitMembership } from './split-membership.ts'
import { validationVideos } from '../runs/queue/validation-split.ts'

type Settings = Pick<EvaluationSettings, 'split' | 'splitList' | 'splitSeed' | 'tag'>

/** Which videos of a data set belong to one split. */
interface Chosen {
  filter: VideoFilter
  only?: (video: Video) => boolean
}

/**
 * The videos that an evaluation trains and tests on: by the index or another of the three lists; for
 * validation, training videos alone, those that are held out in the place of the test split. A tag
 * narrows the test videos alone.
 * @throws WorkbenchError when the lists cannot be read.
 */
export async function evaluatedSplits(
  store: Store,
  dataset: Dataset,
  settings: Settings,
): Promise<Record<'train' | 'test', Chosen>> {
  const { train, test } = await untagged(store, dataset, settings)
  if (settings.tag === '') return { train, test }
  const tagged = store.tags.videosWith(dataset.id, settings.tag)
  const { filter, only = () => true } = test
  return { train, test: { filter, only: (video) => tagged.has(video.id) && only(video) } }
}

async function untagged(
  store: Store,
  dataset: Dataset,
  { split, splitList, splitSeed }: Settings,
): Promise<Record<'train' | 'test', Chosen>> {
  const membership = await splitMembership(dataset, splitList)
  const listed = (of: 'train' | 'test'): Chosen => {
    const filter = { datasetId: dataset.id, readable: true }
    if (!membership) return { filter: { ...filter, split: of } }
    return { filter, only: ({ path }) => membership.get(path) === of }
  }
  const train = listed('train')
  if (split === 'test') return { train, test: listed('test') }
  const { filter, only: isTraining = () => true } = train
  const held = await validationVideos(store, { filter, isTraining, seed: splitSeed })
  return {
    train: { filter, only: (video) => isTraining(video) && !held.has(video.path) },
    test: { filter, only: (video) => isTraining(video) && held.has(video.path) },
  }
}

/** The splits by the index that an evaluation cannot do without: validation needs training videos. */
export function listedSplits(
  protocol: Protocol,
  { split }: Pick<EvaluationSettings, 'split'>,
): readonly ('train' | 'test')[] {
  const needed = tasks[protocol].splits
  return split === 'validation' && needed.length > 0 ? ['train'] : needed
}
