import type { EvaluationResult } from '#shared/contract/evaluations.ts'
import { confusionMatrix, predictedClasses, topKAccuracy } from '#shared/metrics/accuracy.ts'
import { retrieve } from '#shared/metrics/retrieval.ts'
import { announce } from '../announce.ts'
import { loadNewestCheckpoint } from '../checkpoint/checkpoints.ts'
import type { Engine } from '../engine/engine.ts'
import { loadEngine } from '../engine/load.ts'
import type { HostPort } from '../host-port.ts'
import { createEncoder, type Encoder } from '../models/encoder.ts'
import type { EvaluateJob, FromTrainer } from '../protocol.ts'
import { Reporter } from '../reporter.ts'
import { readVideoList } from '../video-list.ts'
import { extractFeatures, meanOverClips, type ClipFeatures } from './features.ts'
import { applyLinearProbe, trainLinearProbe } from './linear-probe.ts'

/**
 * Evaluates a frozen encoder. Linear probe: a linear classifier on clip features, test videos
 * scored by the mean of their clips' logits. Retrieval: nearest training videos of each test video
 * by mean-centred, normalised features averaged over clips.
 * @returns the last message for the host; the result is sent before it
 * @throws Error when there is no checkpoint, a split has no video that can be read, or the encoder
 * has diverged.
 */
export async function evaluate(job: EvaluateJob, port: HostPort): Promise<FromTrainer> {
  const started = performance.now()
  const engine = await loadEngine(job.config.precision)
  announce(engine, (message) => port.send(message))
  const encoder = createEncoder(engine, job.config)
  if (job.folder !== null) restoreEncoder(encoder, job.folder, port)

  const splits = await extractSplits(job, encoder, port)
  encoder.dispose()
  if (!splits) return { type: 'stopped', step: 0 }
  const scored =
    job.protocol === 'linear'
      ? await linearProbe(job, engine, splits, port)
      : retrieval(job, splits)
  if (!scored) return { type: 'stopped', step: 0 }
  const result: EvaluationResult = {
    ...scored,
    classes: job.classes,
    trainVideos: splits.train.videos.length,
    testVideos: splits.test.videos.length,
    seconds: (performance.now() - started) / 1000,
  }
  port.send({ type: 'result', result })
  return { type: 'done' }
}

interface Splits {
  train: ClipFeatures
  test: ClipFeatures
}
type Scored = Pick<EvaluationResult, 'scores' | 'confusion'>

const QUERY = 'query.'

function restoreEncoder(encoder: Encoder, folder: string, port: HostPort): void {
  const saved = loadNewestCheckpoint(folder)
  if (!saved) {
    throw new Error('This run has no checkpoint yet: let it train until the first one, or stop it.')
  }
  for (const message of saved.warnings) port.send({ type: 'warning', message })
  const own = [...saved.tensors].filter(([name]) => name.startsWith(QUERY))
  encoder.loadStateDict(new Map(own.map(([name, tensor]) => [name.slice(QUERY.length), tensor])))
}

/** @returns null when the host asked to stop */
async function extractSplits(
  job: EvaluateJob,
  encoder: Encoder,
  port: HostPort,
): Promise<Splits | null> {
  const listed = {
    train: readVideoList(job.train).videos,
    test: readVideoList(job.test).videos,
  }
  const reporter = new Reporter({
    send: (message) => port.send(message),
    phase: 'Extracting features',
    unit: 'videos',
    total: listed.train.length + listed.test.length,
  })
  let before = 0
  const options = {
    encoder,
    config: job.config,
    clips: job.clips,
    warn: (message: string) => port.send({ type: 'warning', message }),
    onVideo: async (done: number) => {
      reporter.advance(before + done)
      await port.breathe()
      return !port.stopRequested
    },
  }
  const train = await extractFeatures(listed.train, options)
  before = listed.train.length
  const test = train && (await extractFeatures(listed.test, options))
  reporter.flush()
  if (!train || !test) return null
  for (const [name, { videos, features }] of Object.entries({ training: train, test })) {
    if (videos.length === 0) {
      throw new Error(
        `Not one video of the ${name} split can be read. Index the data set again to see why.`,
      )
    }
    if (!features.every(Number.isFinite)) {
      throw new Error(
        `The encoder's features of the ${name} split are not numbers: its run has diverged. ` +
          'Train again with a lower learning rate.',
      )
    }
  }
  return { train, test }
}

/** @returns null when the host asked to stop */
async function linearProbe(
  job: EvaluateJob,
  engine: Engine,
  { train, test }: Splits,
  port: HostPort,
): Promise<Scored | null> {
  const epochs = 100
  const reporter = new Reporter({
    send: (message) => port.send(message),
    phase: 'Training the linear probe',
    unit: 'epochs',
    total: epochs,
  })
  const probe = await trainLinearProbe(
    engine,
    { features: train.features, labels: clipLabels(train), size: train.size },
    {
      classes: job.classes.length,
      seed: job.config.seed,
      epochs,
      onEpoch: async (epoch, loss) => {
        reporter.advance(epoch, { probeLoss: loss })
        await port.breathe()
        return !port.stopRequested
      },
    },
  )
  reporter.flush()
  if (!probe) return null
  const K = job.classes.length
  const logits = meanOverClips({
    ...test,
    features: applyLinearProbe(probe, test.features),
    size: K,
  }) // [videos, K]
  const labels = test.videos.map((video) => video.label)
  return {
    scores: { top1: topKAccuracy(logits, labels, K, 1), top5: topKAccuracy(logits, labels, K, 5) },
    confusion: confusionMatrix(labels, predictedClasses(logits, K), K),
  }
}

const RETRIEVED = [1, 5, 10, 20, 50]

function retrieval(job: EvaluateJob, { train, test }: Splits): Scored {
  const labelled = (split: ClipFeatures): { features: Float32Array; labels: number[] } => ({
    features: meanOverClips(split),
    labels: split.videos.map((video) => video.label),
  })
  const [keys, queries] = [labelled(train), labelled(test)]
  const { recall, nearest } = retrieve(keys, queries, train.size, RETRIEVED)
  const predicted = Array.from(nearest, (row) => keys.labels[row])
  return {
    scores: Object.fromEntries(RETRIEVED.map((k, i) => [`R@${k}`, recall[i]])),
    confusion: confusionMatrix(queries.labels, predicted, job.classes.length),
  }
}

/** The class of each clip, [videos * K]. */
function clipLabels({ videos, clips }: ClipFeatures): Int32Array {
  return Int32Array.from({ length: videos.length * clips }, (_, i) => {
    return videos[Math.floor(i / clips)].label
  })
}
