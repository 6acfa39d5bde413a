import { COMPARED_AT_ONCE, meanRow, NeighbourIndex } from '#shared/metrics/retrieval.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import type { EvaluationContext, JoinedFeatures } from '../../evaluation/context.ts'
import { meanOverClips, type ClipFeatures } from '../../evaluation/features.ts'
import { sameVideos } from '../../evaluation/join-features.ts'
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
  /** Class of each video, [N]. */
  labels: number[]
  /** One a stream, of the same videos. */
  indices: NeighbourIndex[]
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
  const ofStreams = (split: 'train' | 'test'): PlannedPhase[] =>
    context.ofEachStream((stream) => [stream.encoding(split)])
  const train = ofStreams('train')
  if (centring !== 'splits') return [...train, context.encoding('test', COMPARING)]
  const work = COMPARED * context.videos.test.length
  return [...train, ...ofStreams('test'), { name: COMPARING, work, isGuess: true }]
}

/** @returns null when asked to stop */
export async function trainingNeighbours(
  context: EvaluationContext,
  comparison: Comparison,
): Promise<TrainingNeighbours | null> {
  const train = await featuresOfStreams(context, 'train')
  if (!train) return null
  const [{ videos }] = train
  const labels = videos.map(({ label }) => label)
  const centred = comparison.centring !== 'none'
  const indices = train.map((stream) => {
    const features = ofVideos(stream, comparison)
    return new NeighbourIndex({ features, labels }, stream.size, { centred })
  })
  return { videos, labels, comparison, indices }
}

/** Features of a split in each stream, of the videos that can be read in all. @returns null on a stop */
export async function featuresOfStreams(
  context: EvaluationContext,
  split: 'train' | 'test',
): Promise<ClipFeatures[] | null> {
  const all: ClipFeatures[] = []
  for (const stream of context.streams) {
    const features = await stream.allFeatures(split)
    if (!features) return null
    all.push(features)
  }
  return sameVideos(all)
}

/** Compares the test videos with the training videos, a few at a time. */
export async function* comparedVideos(
  context: EvaluationContext,
  train: TrainingNeighbours,
): AsyncGenerator<Compared, void, undefined> {
  const { comparison } = train
  if (comparison.centring !== 'splits') {
    const stream = context.joinedFeatures('test', COMPARING)
    return yield* comparedStream(context, train, stream)
  }
  const all = await featuresOfStreams(context, 'test')
  if (!all) return
  const means = all.map((stream) => meanRow(ofVideos(stream, comparison), stream.size))
  yield* comparedStream(context, train, videosOf(context, all), means)
}

/** @param means of the test videos in each stream; left out: those of the training videos */
async function* comparedStream(
  context: EvaluationContext,
  train: TrainingNeighbours,
  videos: AsyncIterable<JoinedFeatures>,
  means?: readonly Float64Array[],
): AsyncGenerator<Compared, void, undefined> {
  const { clips } = context
  let block: JoinedFeatures[] = []
  for await (const video of videos) {
    block.push(video)
    if (block.length < COMPARED_AT_ONCE) continue
    yield* compared(block, train, { clips, means })
    block = []
  }
  if (!context.stopRequested) yield* compared(block, train, { clips, means })
}

/** With several streams, a similarity is the mean of theirs, which ranks as their sum does. */
function* compared(
  block: JoinedFeatures[],
  { indices, comparison }: TrainingNeighbours,
  { clips, means }: { clips: number; means?: readonly Float64Array[] },
): Generator<Compared> {
  if (block.length === 0) return
  const ofStreams = indices.map((index, stream) => {
    const size = block[0].features[stream].length / clips
    const rows = new Float32Array(block.length * size)
    for (const [i, video] of block.entries()) {
      const features = video.features[stream]
      rows.set(ofVideos({ features, clips, size }, comparison), i * size)
    }
    return index.compare(rows, means?.[stream])
  })
  for (const [i, { video }] of block.entries()) {
    yield { video, similarities: meanOf(ofStreams.map((similarities) => similarities[i])) }
  }
}

/** The mean of lists of one length, value by value; a single list itself. */
function meanOf(lists: readonly Float32Array[]): Float32Array {
  if (lists.length === 1) return lists[0]
  return lists[0].map((_, i) => lists.reduce((sum, list) => sum + list[i], 0) / lists.length)
}

/** The test videos again, now that all of their features are known. */
async function* videosOf(
  context: EvaluationContext,
  streams: readonly ClipFeatures[],
): AsyncGenerator<JoinedFeatures> {
  const [{ videos }] = streams
  const reporter = context.phase(COMPARING, 'videos', videos.length)
  for (const [index, video] of videos.entries()) {
    const features = streams.map(({ features, clips, size }) =>
      features.subarray(index * clips * size, (index + 1) * clips * size),
    )
    yield { video, features }
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
