import { streamLabels } from '#shared/methods/streams.ts'
import { Rng } from '#shared/random/rng.ts'
import { announce } from '../process/announce.ts'
import type { Engine } from '../engine/engine.ts'
import { loadEngine } from '../engine/load.ts'
import type { HostPort } from '../process/host-port.ts'
import type { EvaluateJob, FromTrainer, TrainerVideo } from '../process/messages.ts'
import { readVideoList } from '../loader/video-list.ts'
import { EvaluationContext, type ContextOptions, type Outcome } from './context.ts'
import { EvaluationProgress } from './evaluation-progress.ts'
import { FeatureCache, fingerprint } from './feature-cache.ts'
import { featuresPerVideo } from './features.ts'
import { drawnVideos, labelDraws } from './label-draws.ts'
import { openStreams, type OpenStream } from './open-streams.ts'
import { runners } from '../tasks/index.ts'

/**
 * Evaluates an encoder by one task, or both encoders of a run with two streams.
 * @returns the last message for the host; the result is sent before it
 * @throws Error when there is no checkpoint, a split has no video that can be read, the encoder has
 * diverged, or a frozen encoder has changed.
 */
export async function evaluate(job: EvaluateJob, port: HostPort): Promise<FromTrainer> {
  const started = performance.now()
  const engine = await loadEngine(job.config.precision)
  announce(engine, (message) => port.send(message))
  const streams = openStreams(job, engine, port)
  const outcome = await runTask(job, { engine, streams, port })
  for (const { encoder } of streams) encoder.dispose()
  if (!outcome) return { type: 'stopped', step: 0 }
  const { detail, ...found } = outcome
  const seconds = (performance.now() - started) / 1000
  port.send({ type: 'result', result: { ...found, classes: job.classes, seconds }, detail })
  return { type: 'done' }
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
  { streams, port }: { streams: readonly OpenStream[]; port: HostPort },
): TrainerVideo[] {
  if (settings.testClips !== 'reference') return videos
  const span = config.frames * config.stride
  // A field of flow lies between two frames.
  const needed = streams.some((one) => one.config.modality === 'flow') ? span + 1 : span
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

async function runTask(
  job: EvaluateJob,
  parts: { engine: Engine; streams: readonly OpenStream[]; port: HostPort },
): Promise<Outcome | null> {
  const { streams, engine, port } = parts
  const runner = runners[job.protocol]
  const { isFrozen } = runner
  const train = longEnough(readVideoList(job.train).videos, job, parts)
  const draws = labelDraws(train, job)
  const videos = {
    train: drawnVideos(train, draws),
    test: longEnough(testVideos(job), job, parts),
  }
  const weights = streams.map(({ encoder }) => fingerprint(encoder.stateDict()))
  const caches = streams.map((stream, i) =>
    isFrozen ? openCache({ job, stream, engine, port }, weights[i]) : null,
  )
  try {
    const context = contextOf({ job, engine, port, videos, draws }, streams, caches)
    context.plan(runner.plan(context))
    const outcome = await runner.run(context)
    // The score of the last video, which the page and the command line show until the result is in.
    context.tellPartial()
    const moved = streams.some(({ encoder }, i) => fingerprint(encoder.stateDict()) !== weights[i])
    if (isFrozen && moved) {
      throw new Error(
        'The frozen encoder changed during this evaluation, so the evaluation is not valid. ' +
          'Please report it with the log.',
      )
    }
    return outcome
  } finally {
    for (const cache of caches) cache?.close()
  }
}

/** One context for a single stream; for several, one of each and the one that has them all. */
function contextOf(
  shared: Pick<ContextOptions, 'job' | 'engine' | 'port' | 'videos' | 'draws'>,
  opened: readonly OpenStream[],
  caches: readonly (FeatureCache | null)[],
): EvaluationContext {
  const progress = new EvaluationProgress(shared.port)
  const own = opened.map(({ encoder, config }, i): ContextOptions => {
    return { ...shared, job: { ...shared.job, config }, encoder, cache: caches[i], progress }
  })
  if (own.length === 1) return new EvaluationContext(own[0])
  const streams = own.map((options, i) => {
    const stream = streamLabels[opened[i].config.modality]
    return new EvaluationContext({ ...options, stream })
  })
  return new EvaluationContext({ ...own[0], streams })
}

/** A cache that cannot be had costs time and nothing else. */
function openCache(
  {
    job,
    stream,
    engine,
    port,
  }: { job: EvaluateJob; stream: OpenStream } & {
    engine: Engine
    port: HostPort
  },
  weights: string,
): FeatureCache | null {
  const { settings, featureCache } = job
  const { encoder, config } = stream
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
