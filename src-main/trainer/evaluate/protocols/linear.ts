import { classifyTestVideos, type ClassifyClips } from '../classify.ts'
import type { EvaluationContext, Outcome } from '../context.ts'
import type { ClipFeatures } from '../features.ts'
import { applyLinearProbe, trainLinearProbe } from '../linear-probe.ts'
import { unitRows } from '../unit-rows.ts'

/**
 * Linear probe: a linear classifier on frozen clip features; a test video is scored by the mean of
 * its clips' logits.
 * @returns null when asked to stop
 */
export async function linear(context: EvaluationContext): Promise<Outcome | null> {
  const train = await context.allFeatures('train', 'Features of the training videos')
  const probe = train && (await trainProbe(context, train))
  const tally = probe && (await classifyTestVideos(context, probe))
  if (!tally) return null
  const counts = { trainVideos: train.videos.length, testVideos: tally.videos }
  return { scores: tally.scores(), detail: tally.detail(), ...counts }
}

/** Trains the classifier. @returns what answers a video's clips, or null when asked to stop */
export async function trainProbe(
  context: EvaluationContext,
  train: ClipFeatures,
): Promise<ClassifyClips | null> {
  const { classes, settings } = context.job
  const { epochs, lr, batch, weightDecay, normalise } = settings
  const { size } = train
  const prepared = (features: Float32Array): Float32Array =>
    normalise ? unitRows(features, size) : features
  const reporter = context.phase('Training the linear probe', 'epochs', epochs)
  const probe = await trainLinearProbe(
    context.engine,
    { features: prepared(train.features), labels: clipLabels(train), size },
    {
      classes: classes.length,
      seed: context.seed,
      epochs,
      lr,
      batch,
      weightDecay,
      onEpoch: async (epoch, loss) => {
        reporter.advance(epoch, { probeLoss: loss })
        return context.breathe()
      },
    },
  )
  reporter.flush()
  return probe && ((features) => applyLinearProbe(probe, prepared(features)))
}

/** The class of each clip, [videos * K]. */
function clipLabels({ videos, clips }: ClipFeatures): Int32Array {
  return Int32Array.from({ length: videos.length * clips }, (_, i) => {
    return videos[Math.floor(i / clips)].label
  })
}
