import { COMPARED_AT_ONCE, meanRow, NeighbourIndex } from '#shared/metrics/retrieval.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import { meanOverClips, type ClipFeatures, type VideoFeatures } from '../../evaluation/features.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { KEPT_NEIGHBOURS, round } from '../../evaluation/predictions.ts'
import { unitRows } from './unit-rows.ts'
import type { PlannedPhase } from '../../evaluation/work-plan.ts'

/** How features become what is compared. */
export interface Comparison {
  /** What is taken off: nothing, the training mean off all, or each split's own mean. */
  centring: 'none' | 'train' | 'splits'
  /** Scale each clip's features to length 1 before they are averaged. */
  unitClips: boolean
}

/** One test video beside all training videos. */
export interface Compared {
  video: TrainerVideo
  /** Cosine with each training video, [N]; it holds until the next one. */
  similarities: Float32Array
}

/** The training videos of an evaluation, by the mean of their clips' features. */
export interface TrainingNeighbours {
  videos: TrainerVideo[]
  index: NeighbourIndex
  comparison: Comparison
}

const COMPARING = 'Comparing the test videos'
/** What comparing a test video with the training videos costs, in clips through the encoder. */
const COMPARED = 0.02

/** The work of `trainingNeighbours` and `comparedVideos`. */
export function comparisonPlan(
  context: EvaluationContext,
  centring: Comparison['centring'],
): PlannedPhase[] {
  const train = context.encoding('train')
  if (centring !== 'splits') return [train, context.encoding('test', COMPARING)]
  const work = COMPARED * context.videos.test.length
  return [train, context.encoding('test'), { name: COMPARING, work, isGuess: true }]
}

/** @returns null when asked to stop */
export async function trainingNeighbours(
  context: EvaluationContext,
  comparison: Comparison,
): Promise<TrainingNeighbours | null> {
  const train = await context.allFeatures('train')
  if (!train) return null
  const { videos, size } = train
  const features = ofVideos(train, comparison)
  const labels = videos.map(({ label }) => label)
  const centred = comparison.centring !== 'none'
  return { videos, comparison, index: new NeighbourIndex({ features, labels }, size, { centred }) }
}

/** Compares the test videos with the training videos, a few at a time. */
export async function* comparedVideos(
  context: EvaluationContext,
  train: TrainingNeighbours,
): AsyncGenerator<Compared, void, undefined> {
  const { comparison } = train
  if (comparison.centring !== 'splits') {
    const stream = context.features('test', COMPARING)
    return yield* comparedStream(context, train, stream)
  }
  const all = await context.allFeatures('test')
  if (!all) return
  const mean = meanRow(ofVideos(all, comparison), all.size)
  yield* comparedStream(context, train, videosOf(context, all), mean)
}

/** @param mean of the test videos; left out: that of the training videos */
async function* comparedStream(
  context: EvaluationContext,
  train: TrainingNeighbours,
  videos: AsyncIterable<VideoFeatures>,
  mean?: Float64Array,
): AsyncGenerator<Compared, void, undefined> {
  const { clips } = context
  let block: VideoFeatures[] = []
  for await (const video of videos) {
    block.push(video)
    if (block.length < COMPARED_AT_ONCE) continue
    yield* compared(block, train, { clips, mean })
    block = []
  }
  if (!context.stopRequested) yield* compared(block, train, { clips, mean })
}

function* compared(
  block: VideoFeatures[],
  { index, comparison }: TrainingNeighbours,
  { clips, mean }: { clips: number; mean?: Float64Array },
): Generator<Compared> {
  if (block.length === 0) return
  const size = block[0].features.length / clips
  const rows = new Float32Array(block.length * size)
  for (const [i, { features }] of block.entries()) {
    rows.set(ofVideos({ features, clips, size }, comparison), i * size)
  }
  const similarities = index.compare(rows, mean)
  for (const [i, { video }] of block.entries()) yield { video, similarities: similarities[i] }
}

/** The test videos again, now that all of their features are known. */
async function* videosOf(
  context: EvaluationContext,
  { videos, features }: ClipFeatures,
): AsyncGenerator<VideoFeatures> {
  const reporter = context.phase(COMPARING, 'videos', videos.length)
  const length = features.length / videos.length
  for (const [index, video] of videos.entries()) {
    yield { video, index, features: features.subarray(index * length, (index + 1) * length) }
    reporter.advance(index + 1)
    if (!(await context.breathe())) return
  }
  reporter.flush()
}

/** Features of videos, [videos, C], from those of their clips. */
function ofVideos(
  { features, clips, size }: Pick<ClipFeatures, 'features' | 'clips' | 'size'>,
  { unitClips }: Comparison,
): Float32Array {
  return meanOverClips({ features: unitClips ? unitRows(features, size) : features, clips, size })
}

/** What is kept of the nearest training videos. @param rows nearest first */
export function keptNeighbours(
  { videos }: TrainingNeighbours,
  similarities: Float32Array,
  rows: readonly number[],
): PredictionLine['near'] {
  return rows
    .slice(0, KEPT_NEIGHBOURS)
    .map((row) => [videos[row].id ?? 0, videos[row].label, round(similarities[row])])
}
