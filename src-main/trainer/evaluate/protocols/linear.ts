import { rankOfClass } from '#shared/metrics/accuracy.ts'
import type { EvaluationContext, Outcome } from '../context.ts'
import { meanOverClips, type ClipFeatures, type VideoFeatures } from '../features.ts'
import { applyLinearProbe, trainLinearProbe, type LinearProbe } from '../linear-probe.ts'
import { PredictionWriter, topClasses } from '../predictions.ts'
import { ScoreTally, type Answer } from '../score-tally.ts'
import { unitRows } from '../unit-rows.ts'

/**
 * Linear probe: a linear classifier on frozen clip features; a test video is scored by the mean of
 * its clips' logits.
 * @returns null when asked to stop
 */
export async function linear(context: EvaluationContext): Promise<Outcome | null> {
  const train = await context.allFeatures('train', 'Features of the training videos')
  const probe = train && (await trainProbe(context, train))
  if (!probe) return null
  const tally = new ScoreTally(context.job.classes.length, ['top1', 'top5', 'clipTop1'])
  const predictions = new PredictionWriter(context.job.outputs)
  try {
    for await (const video of context.features('test', 'Scoring test videos')) {
      const logits = probe(video)
      tally.add(answerTo(video.video.label, logits))
      predictions.add({
        video: video.video.id ?? 0,
        truth: video.video.label,
        top: topClasses(logits.mean),
      })
      context.partial(() => {
        predictions.flush()
        return tally.partial(context.videos.test.length)
      })
    }
  } finally {
    predictions.close()
  }
  if (context.stopRequested) return null
  const counts = { trainVideos: train.videos.length, testVideos: tally.videos }
  return { scores: tally.scores(), detail: tally.detail(), ...counts }
}

interface VideoLogits {
  /** [K clips, classes] */
  clips: Float32Array
  /** [classes] */
  mean: Float32Array
}

/** Trains the classifier. @returns what answers a video, or null when asked to stop */
async function trainProbe(
  context: EvaluationContext,
  train: ClipFeatures,
): Promise<((video: VideoFeatures) => VideoLogits) | null> {
  const { epochs, lr, batch, weightDecay, normalise } = context.job.settings
  const { classes } = context.job
  const { clips, size } = train
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
  return probe && (({ features }) => logitsOf(probe, prepared(features), clips))
}

function logitsOf(probe: LinearProbe, features: Float32Array, clips: number): VideoLogits {
  const logits = applyLinearProbe(probe, features)
  const mean = meanOverClips({ features: logits, clips, size: probe.bias.length })
  return { clips: logits, mean }
}

function answerTo(truth: number, { clips, mean }: VideoLogits): Answer {
  const classes = mean.length
  const rank = rankOfClass(mean, truth)
  const count = clips.length / classes
  let right = 0
  for (let k = 0; k < count; k++) {
    if (rankOfClass(clips.subarray(k * classes, (k + 1) * classes), truth) === 0) right++
  }
  const predicted = mean.indexOf(mean.reduce((a, b) => Math.max(a, b), -Infinity))
  return { truth, predicted, hits: [rank < 1, rank < 5, right / count] }
}

/** The class of each clip, [videos * K]. */
function clipLabels({ videos, clips }: ClipFeatures): Int32Array {
  return Int32Array.from({ length: videos.length * clips }, (_, i) => {
    return videos[Math.floor(i / clips)].label
  })
}
