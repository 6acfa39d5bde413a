import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MeasuredDetail, MeasuredResult, PartialResult } from '#shared/contract/evaluations.ts'
import { writeAtomicSync } from '../../base/files/atomic-write.ts'
import type { Engine } from '../engine/engine.ts'
import type { HostPort } from '../process/host-port.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { withJournal, type Journaled } from '../telemetry/metric-journal.ts'
import type { EvaluateJob, FromTrainer, TrainerVideo } from '../process/messages.ts'
import { Reporter } from '../telemetry/reporter.ts'
import type { FeatureCache } from './feature-cache.ts'
import {
  extractFeatures,
  gatherFeatures,
  type ClipFeatures,
  type VideoFeatures,
} from './features.ts'
import { WorkPlan, type PlannedPhase } from './work-plan.ts'

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
}

interface PhaseOptions {
  /** Where it goes on. Default 0. */
  done?: number
  /** Steps of earlier phases, which the metrics count on from. Default 0. */
  earlier?: number
  /** Takes the metrics in as well. */
  journal?: Journaled
}

/** What the progress says while features are made. */
export const FEATURES: Record<Split, string> = {
  train: 'Features of the training videos',
  test: 'Features of the test videos',
}

/** What a video costs whose features are in the cache, in clips through the encoder. */
const CACHED = 0.02

/** Time between two results so far, in ms. */
const PARTIAL_EVERY = 500

/** What a task works with: an encoder with its weights, the videos, and the listener for its progress. */
export class EvaluationContext {
  readonly job: EvaluateJob
  readonly engine: Engine
  readonly encoder: Encoder
  /** As listed; some may turn out not to be readable. */
  readonly videos: Record<Split, TrainerVideo[]>
  /** The training videos whose labels a classifier may use, one list a draw; those of a list are distinct. */
  readonly draws: readonly TrainerVideo[][]
  private readonly port: HostPort
  private readonly cache: FeatureCache | null
  private untold: (() => PartialResult) | null = null
  private toldAt = -Infinity
  private work: WorkPlan | null = null

  constructor({ job, port, engine, encoder, cache, videos, draws }: ContextOptions) {
    this.job = job
    this.port = port
    this.engine = engine
    this.encoder = encoder
    this.cache = cache
    this.videos = videos
    this.draws = draws ?? [videos.train]
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
   * @param phase what the progress says meanwhile
   * @throws Error for features that are not numbers, and when no video can be read.
   */
  async *features(split: Split, phase: string): AsyncGenerator<VideoFeatures, void, undefined> {
    const { encoder, cache, job, videos } = this
    const reporter = this.phase(phase, 'videos', videos[split].length)
    const stream = extractFeatures(videos[split], {
      encoder,
      cache,
      config: job.config,
      settings: job.settings,
      warn: (message) => this.warn(message),
      onVideo: async (done) => {
        reporter.advance(done)
        return this.breathe()
      },
    })
    let read = 0
    for await (const video of stream) {
      if (!video.features.every(Number.isFinite)) throw divergedOn(split)
      read++
      yield video
    }
    reporter.flush()
    if (read === 0 && !this.stopRequested) throw unreadable(split)
  }

  /** All features of a split. @returns null when asked to stop @throws as `features` */
  async allFeatures(split: Split, phase = FEATURES[split]): Promise<ClipFeatures | null> {
    const all = await gatherFeatures(this.features(split, phase), this.clips)
    return this.stopRequested ? null : all
  }

  /** Says which parts of work are to come, so that the time left is that of all of them. */
  plan(phases: readonly PlannedPhase[]): void {
    this.work = new WorkPlan(phases)
  }

  /** The part of the plan in which the features of a split are made. @param name of its phase */
  encoding(split: Split, name = FEATURES[split]): PlannedPhase {
    const videos = this.videos[split]
    const missing = videos.filter((video) => !this.cache?.has(video)).length
    return { name, work: missing * this.clips + CACHED * videos.length }
  }

  /**
   * Progress of a part of the work. Before each count goes the score that belongs to it.
   */
  phase(
    phase: string,
    unit: string,
    total: number,
    { done = 0, earlier = 0, journal }: PhaseOptions = {},
  ): Reporter {
    this.work?.begin(phase, done / total)
    const send = (message: FromTrainer): void => {
      const to = journal ?? this.port
      if (message.type !== 'progress') return to.send(message)
      this.tellPartial()
      const progress = this.work?.placed(message.progress) ?? message.progress
      to.send({ type: 'progress', progress })
    }
    return new Reporter({ send, phase, unit, total, done, earlier })
  }

  /** For training that goes on from its checkpoints. @param step what it goes on from */
  journal(step: number): Journaled {
    return withJournal(this.job.outputs, step, (message) => this.port.send(message))
  }

  /**
   * Says what is known so far. It is sent at most twice a second, and before each count of the
   * progress; only then is `result` called.
   */
  partial(result: () => PartialResult): void {
    this.untold = result
    if (performance.now() - this.toldAt >= PARTIAL_EVERY) this.tellPartial()
  }

  /** Sends the latest `partial` if it has not been sent; the last one must be called out so. */
  tellPartial(): void {
    const { untold } = this
    if (!untold) return
    this.untold = null
    this.toldAt = performance.now()
    this.port.send({ type: 'partial', partial: untold() })
  }

  warn(message: string): void {
    this.port.send({ type: 'warning', message })
  }

  get stopRequested(): boolean {
    return this.port.stopRequested
  }

  /** Lets messages arrive. @returns false when asked to stop */
  async breathe(): Promise<boolean> {
    await this.port.breathe()
    return !this.port.stopRequested
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
