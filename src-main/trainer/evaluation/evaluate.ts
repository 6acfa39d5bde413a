import { Rng } from '#shared/random/rng.ts'
import { announce } from '../process/announce.ts'
import { checkpointFolder, loadNewestCheckpoint } from '../checkpoint/checkpoints.ts'
import type { Engine } from '../engine/engine.ts'
import { loadEngine } from '../engine/load.ts'
import type { HostPort } from '../process/host-port.ts'
import { unprefixed } from '../methods/learner.ts'
import { createEncoder, type Encoder } from '../encoders/encoder.ts'
import type { EvaluateJob, FromTrainer, TrainerVideo } from '../process/messages.ts'
import { readVideoList } from '../loader/video-list.ts'
import { EvaluationContext, type Outcome } from './context.ts'
import { FeatureCache, fingerprint } from './feature-cache.ts'
import { featuresPerVideo } from './features.ts'
import { drawnVideos, labelDraws } from './label-draws.ts'
import { runners } from '../tasks/index.ts'

/**
 * Evaluates an encoder by one task.
 * @returns the last message for the host; the result is sent before it
 * @throws Error when there is no checkpoint, a split has no video that can be read, the encoder has
 * diverged, or a frozen encoder has changed.
 */
export async function evaluate(job: EvaluateJob, port: HostPort): Promise<FromTrainer> {
  const started = performance.now()
  const engine = await loadEngine(job.config.precision)
  announce(engine, (message) => port.send(message))
  const encoder = createEncoder(engine, { model: job.config.model, seed: seedOf(job) })
  if (job.folder !== null) restoreEncoder(encoder, job.folder, port)
  const outcome = await runTask(job, { engine, encoder, port })
  encoder.dispose()
  if (!outcome) return { type: 'stopped', step: 0 }
  const { detail, ...found } = outcome
  const seconds = (performance.now() - started) / 1000
  port.send({ type: 'result', result: { ...found, classes: job.classes, seconds }, detail })
  return { type: 'done' }
}

/** Of this evaluation, or of the run where none was set. */
function seedOf({ config, settings }: EvaluateJob): number {
  return settings.seed || config.seed
}

/**
 * The test videos in random order, the same for every encoder. Lists are sorted by class: in their
 * order a running score and its interval would be those of the first classes. Every task scores
 * its videos in the order given here.
 */
function testVideos({ test }: EvaluateJob): TrainerVideo[] {
  const { videos } = readVideoList(test)
  return Array.from(new Rng(1).permutation(videos.length), (place) => videos[place])
}

/** As the reference has no clips of them, it neither trains nor tests on shorter videos. */
function longEnough(
  videos: TrainerVideo[],
  { config, settings }: EvaluateJob,
  port: HostPort,
): TrainerVideo[] {
  if (settings.testClips !== 'reference') return videos
  const span = config.frames * config.stride
  // A field of flow lies between two frames.
  const needed = config.modality === 'flow' ? span + 1 : span
  const kept = videos.filter(({ frames }) => frames >= needed)
  const short = videos.length - kept.length
  if (short > 0) {
    const message =
      `${short} of ${videos.length} videos have fewer than ${needed} frames and are left out, as in ` +
      "the reference. Set 'Clip geometry' to fitted to include them."
    port.send({ type: 'warning', message })
  }
  return kept
}

function restoreEncoder(encoder: Encoder, folder: string, port: HostPort): void {
  const saved = loadNewestCheckpoint(folder)
  if (!saved) {
    throw new Error(
      'This run has no checkpoint. Let it train until the first one, or stop it. ' +
        `If it had one, put that back into ${checkpointFolder(folder)}.`,
    )
  }
  for (const message of saved.warnings) port.send({ type: 'warning', message })
  encoder.loadStateDict(unprefixed('encoder.', saved.tensors))
}

async function runTask(
  job: EvaluateJob,
  parts: { engine: Engine; encoder: Encoder; port: HostPort },
): Promise<Outcome | null> {
  const { encoder, engine, port } = parts
  const runner = runners[job.protocol]
  const { isFrozen } = runner
  const train = longEnough(readVideoList(job.train).videos, job, port)
  const draws = labelDraws(train, job)
  const videos = {
    train: drawnVideos(train, draws),
    test: longEnough(testVideos(job), job, port),
  }
  const weights = fingerprint(encoder.stateDict())
  const cache = isFrozen ? openCache(job, weights, { engine, encoder, port }) : null
  try {
    const context = new EvaluationContext({ job, ...parts, cache, videos, draws })
    context.plan(runner.plan(context))
    const outcome = await runner.run(context)
    // The score of the last video, which the page and the command line show until the result is in.
    context.tellPartial()
    if (isFrozen && fingerprint(encoder.stateDict()) !== weights) {
      throw new Error(
        'The frozen encoder changed during this evaluation, so the evaluation is not valid. ' +
          'Please report it with the log.',
      )
    }
    return outcome
  } finally {
    cache?.close()
  }
}

/** A cache that cannot be had costs time and nothing else. */
function openCache(
  { config, settings, featureCache }: EvaluateJob,
  weights: string,
  { engine, encoder, port }: { engine: Engine; encoder: Encoder; port: HostPort },
): FeatureCache | null {
  const { model, frames, stride, size } = config
  const { precision, device } = engine.info
  const { clips, crops, testClips, colours } = settings
  const source = {
    weights,
    model,
    frames,
    stride,
    size,
    precision,
    device,
    clips,
    crops,
    // Left out where they are as before there was a choice, so that older files still serve.
    ...(testClips !== 'fitted' && { testClips }),
    ...(colours !== 'encoder' && { colours }),
    ...(config.modality === 'flow' && { flow: [config.flowAlgorithm, config.flowSize] }),
  }
  try {
    const length = featuresPerVideo(encoder, settings)
    return new FeatureCache({ folder: featureCache, source, length })
  } catch (error) {
    const { message } = error as Error
    port.send({
      type: 'warning',
      message: `The features cannot be stored for later evaluations: ${message}`,
    })
    return null
  }
}
