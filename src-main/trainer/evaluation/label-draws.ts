import { drawLabels, drawsLabels } from '#shared/random/label-draw.ts'
import { pathIn } from './true-masks.ts'
import type { EvaluationContext } from './context.ts'
import type { EvaluateJob, TrainerVideo } from '../process/messages.ts'

/**
 * The training videos whose labels each classifier of an evaluation may use: one list a draw, all of
 * the same length; a single list of all videos where no labels are drawn.
 * @throws Error when a class has too few training videos
 */
export function labelDraws(
  videos: readonly TrainerVideo[],
  { settings, classes, train }: Pick<EvaluateJob, 'settings' | 'classes' | 'train'>,
): TrainerVideo[][] {
  if (!drawsLabels(settings)) return [[...videos]]
  const nameOf = (video: TrainerVideo): string => pathIn(train, video)
  return Array.from({ length: settings.labelDraws }, (_, draw) =>
    drawLabels(videos, { ...settings, classes, nameOf, draw }),
  )
}

/** The videos of some draws, each once, in the order of `videos`. */
export function drawnVideos(
  videos: readonly TrainerVideo[],
  draws: readonly TrainerVideo[][],
): TrainerVideo[] {
  const drawn = new Set(draws.flat())
  return videos.filter((video) => drawn.has(video))
}

/**
 * Clips per step of a classifier's training: the batch that is set, or all drawn videos where there are
 * fewer. Where no labels are drawn, too large a batch is refused by the loader.
 */
export function drawnBatch({
  draws,
  job: { settings },
}: Pick<EvaluationContext, 'draws' | 'job'>): number {
  const { batch, repeats } = settings
  return drawsLabels(settings) ? Math.min(batch, draws[0].length * repeats) : batch
}
