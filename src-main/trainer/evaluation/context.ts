import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MeasuredDetail, MeasuredResult, PartialResult } from '#shared/contract/evaluations.ts'
import { writeAtomicSync } from '../../base/files/atomic-write.ts'
import type { Engine } from '../engine/engine.ts'
import type { HostPort } from '../process/host-port.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { withJournal, type Journaled } from '../telemetry/metric-journal.ts'
import type { EvaluateJob, TrainerVideo } from '../process/messages.ts'
import type { Reporter } from '../telemetry/reporter.ts'
import { EvaluationProgress, type PhaseOptions } from './evaluation-progress.ts'
import type { FeatureCache } from './feature-cache.ts'
import {
  extractFeatures,
  gatherFeatures,
  type ClipFeatures,
  type VideoFeatures,
} from './features.ts'
import { joinByVideo } from './join-features.ts'
import type { PlannedPhase } from './work-plan.ts'

export type Split = 'train' | 'test'

/** What a task has found. */
export interface Outcome extends Omit<MeasuredResult, 'classes' | 'seconds'> {
  detail: MeasuredDetail | null
}

/** What a task does; `src-shared/tasks` says what it is. */
export interface Runner {
  /** Whether the encoder must come out as it went in. */
  isFrozen: boolean
  /** The parts of its work, in their order. */
  plan(context: EvaluationContext): PlannedPhase[]
  /** @returns null when it was asked to stop */
  run(context: EvaluationContext): Promise<Outcome | null>
}

export interface ContextOptions {
  job: EvaluateJob
  port: HostPort
  engine: Engine
  encoder: Encoder
  cache: FeatureCache | null
  videos: Record<Split, TrainerVideo[]>
  /** Training videos of each draw of labels. Default: all of them, once. */
  draws?: readonly TrainerVideo[][]
  /** Of the whole evaluation, where this is a part of it. Default: its own. */
  progress?: EvaluationProgress
  /** Names this stream among several in what the progress says. Default: there is one alone. */
  stream?: string
  /** A context for each network that is evaluated. Default: this one, whose network is the only one. */
  streams?: readonly EvaluationContext[]
}

/** The features of one video in each stream, [K, C] each. */
export interface JoinedFeatures {
  video: TrainerVideo
  features: Float32Array[]
}

/** What the progress says while features are made. */
export const FEATURES: Record<Split, string> = {
  train: 'Features of the training videos',
  test: 'Features of the test videos',
}

/** What a video costs whose features are in the cache, in clips through the encoder. */
const CACHED = 0.02

/** What a task works with: an encoder with its weights, the videos, and the listener for its progress. */
export class EvaluationContext {
  readonly job: EvaluateJob
  readonly engine: Engine
  readonly encoder: Encoder
  /** As listed; some may turn out not to be readable. */
  readonly videos: Record<Split, TrainerVideo[]>
  /** The training videos whose labels a classifier may use, one list a draw; those of a list are distinct. */
  readonly draws: readonly TrainerVideo[][]
  /** One for each network that is evaluated; this one where there is but one. */
  readonly streams: readonly EvaluationContext[]
  /** The name of its stream among several. */
  readonly stream: string | null
  private readonly progress: EvaluationProgress
  private readonly cache: FeatureCache | null

  constructor(options: ContextOptions) {
    const { job, port, engine, encoder, cache, videos, draws, streams, stream = null } = options
    this.job = job
    this.progress = options.progress ?? new EvaluationProgress(port)
    this.engine = engine
    this.encoder = encoder
    this.cache = cache
    this.videos = videos
    this.draws = draws ?? [videos.train]
    this.streams = streams ?? [this]
    this.stream = stream
  }

  /** Of this evaluation, or of the run where none was set. */
  get seed(): number {
    return this.job.settings.seed || this.job.config.seed
  }

  /** Clips per video, each crop counted. */
  get clips(): number {
    const { clips, crops } = this.job.settings
    return clips * crops
  }

  /**
   * Features of a split, one video after the other, from the cache where it has them. Ends early
   * when asked to stop: look at `stopRequested` then.
   * @param phase what the progress says meanwhile; null: nothing
   * @throws Error for features that are not numbers, and when no video can be read.
   */
  async *features(
    split: Split,
    phase: string | null,
  ): AsyncGenerator<VideoFeatures, void, undefined> {
    const { encoder, cache, job, videos } = this
    const reporter = phase === null ? null : this.phase(phase, 'videos', videos[split].length)
    const stream = extractFeatures(videos[split], {
      encoder,
      cache,
      config: job.config,
      settings: job.settings,
      warn: (message) => this.warn(message),
      onVideo: async (done) => {
        reporter?.advance(done)
        return this.breathe()
      },
    })
    let read = 0
    for await (const video of stream) {
      if (!video.features.every(Number.isFinite)) throw divergedOn(split)
      read++
      yield video
    }
    reporter?.flush()
    if (read === 0 && !this.stopRequested) throw unreadable(split)
  }

  /** All features of a split. @returns null when asked to stop @throws as `features` */
  async allFeatures(split: Split, phase = FEATURES[split]): Promise<ClipFeatures | null> {
    const all = await gatherFeatures(this.features(split, phase), this.clips)
    return this.stopRequested ? null : all
  }

  /**
   * Features of a split in every stream, one video after the other; videos that cannot be read in one
   * of them are left out. Ends early as `features` does.
   * @throws as `features`
   */
  async *joinedFeatures(
    split: Split,
    phase: string,
  ): AsyncGenerator<JoinedFeatures, void, undefined> {
    const { streams, videos } = this
    const [first, ...others] = streams
    if (others.length === 0) {
      for await (const { video, features } of first.features(split, phase)) {
        yield { video, features: [features] }
      }
      return
    }
    const reporter = this.phase(phase, 'videos', videos[split].length)
    let read = 0
    for await (const { index, ...joined } of joinByVideo(
      streams.map((one) => one.features(split, null)),
    )) {
      read++
      yield joined
      reporter.advance(index + 1)
    }
    reporter.flush()
    if (read === 0 && !this.stopRequested) throw unreadable(split)
  }

  /** Says which parts of work are to come, so that the time left is that of all of them. */
  plan(phases: readonly PlannedPhase[]): void {
    this.progress.plan(phases)
  }

  /** The part of the plan in which the features of a split are made. @param name of its phase */
  encoding(split: Split, name = FEATURES[split]): PlannedPhase {
    const videos = this.videos[split]
    const works = this.streams.map(({ cache }) => {
      const missing = videos.filter((video) => !cache?.has(video)).length
      return missing * this.clips + CACHED * videos.length
    })
    return { name, work: works.reduce((sum, work) => sum + work, 0) }
  }

  /** Parts of the work that each stream has by itself, those of one stream after the other. */
  ofEachStream(parts: (stream: EvaluationContext) => PlannedPhase[]): PlannedPhase[] {
    return this.streams.flatMap((stream) =>
      parts(stream).map((part) => ({ ...part, name: stream.named(part.name) })),
    )
  }

  /** Progress of a part of the work. Before each count goes the score that belongs to it. */
  phase(phase: string, unit: string, total: number, options: PhaseOptions = {}): Reporter {
    return this.progress.phase(this.named(phase), unit, total, options)
  }

  /** For training that goes on from its checkpoints. @param step what it goes on from */
  journal(step: number): Journaled {
    return withJournal(this.job.outputs, step, (message) => this.progress.port.send(message))
  }

  /** As `EvaluationProgress` has it. */
  partial(result: () => PartialResult): void {
    this.progress.partial(result)
  }

  /** As `EvaluationProgress` has it. */
  tellPartial(): void {
    this.progress.tellPartial()
  }

  warn(message: string): void {
    this.progress.port.send({ type: 'warning', message })
  }

  get stopRequested(): boolean {
    return this.progress.port.stopRequested
  }

  /** Lets messages arrive. @returns false when asked to stop */
  async breathe(): Promise<boolean> {
    await this.progress.port.breathe()
    return !this.stopRequested
  }

  /**
   * Writes `<name>.json` into the evaluation's folder, and onto the disk; a reader sees the old one or
   * the new one.
   */
  artefact(name: string, json: unknown): void {
    const { outputs } = this.job
    mkdirSync(outputs, { recursive: true })
    const file = join(outputs, `${name}.json`)
    writeAtomicSync(file, JSON.stringify(json), { flush: 'content' })
  }

  /** A part of the work, told apart from the same part in another stream. */
  private named(phase: string): string {
    return this.stream === null ? phase : `${phase}, ${this.stream}`
  }
}

const splitNames: Record<Split, string> = { train: 'training', test: 'test' }

function divergedOn(split: Split): Error {
  return new Error(
    `The encoder's features of the ${splitNames[split]} split are not finite numbers: its run has diverged. ` +
      'Train again with a lower learning rate.',
  )
}

function unreadable(split: Split): Error {
  return new Error(
    `No video of the ${splitNames[split]} split can be read and cut with these settings: ` +
      'the warnings give the reasons.',
  )
}
