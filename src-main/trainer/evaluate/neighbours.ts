import { COMPARED_AT_ONCE, NeighbourIndex } from '#shared/metrics/retrieval.ts'
import type { TrainerVideo } from '../protocol.ts'
import type { EvaluationContext } from './context.ts'
import { meanOverClips, type VideoFeatures } from './features.ts'
import type { PredictionLine } from './predictions.ts'
import { KEPT_NEIGHBOURS, round } from './predictions.ts'

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
}

/** @returns null when asked to stop */
export async function trainingNeighbours(
  context: EvaluationContext,
  options: { centred: boolean },
): Promise<TrainingNeighbours | null> {
  const train = await context.allFeatures('train', 'Features of the training videos')
  if (!train) return null
  const { videos, size } = train
  const keys = { features: meanOverClips(train), labels: videos.map(({ label }) => label) }
  return { videos, index: new NeighbourIndex(keys, size, options) }
}

/** Compares the test videos with the training videos, a few at a time. */
export async function* comparedVideos(
  context: EvaluationContext,
  { index }: TrainingNeighbours,
): AsyncGenerator<Compared, void, undefined> {
  let block: VideoFeatures[] = []
  for await (const video of context.features('test', 'Comparing test videos')) {
    block.push(video)
    if (block.length < COMPARED_AT_ONCE) continue
    yield* compared(block, index, context.clips)
    block = []
  }
  if (!context.stopRequested) yield* compared(block, index, context.clips)
}

function* compared(block: VideoFeatures[], index: NeighbourIndex, clips: number) {
  if (block.length === 0) return
  const size = block[0].features.length / clips
  const rows = new Float32Array(block.length * size)
  block.forEach(({ features }, i) => rows.set(meanOverClips({ features, clips, size }), i * size))
  const similarities = index.compare(rows)
  for (const [i, { video }] of block.entries()) yield { video, similarities: similarities[i] }
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
