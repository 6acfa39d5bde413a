import { freemem } from 'node:os'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Phase } from '#shared/methods/method.ts'
import { phaseKinds, type PhaseKind } from '#shared/methods/phases.ts'
import type { StepTiming } from '#shared/contract/estimates.ts'
import type { Progress } from '#shared/contract/runs.ts'
import { loadEngine } from '../engine/load.ts'
import type { HostPort } from '../process/host-port.ts'
import { ClipLoader } from '../loader/clip-loader.ts'
import { createLearner } from '../methods/index.ts'
import type { BatchPlace } from '../methods/learner.ts'
import type { FromTrainer, TimingJob, TrainerVideo } from '../process/messages.ts'
import { Training } from '../training/training.ts'
import { readVideoList } from '../loader/video-list.ts'
import { LATE } from './late-place.ts'
import {
  meanTiming,
  memoryFor,
  scaledTiming,
  type BatchTiming,
  type ScaledTiming,
} from './scaled-timing.ts'

/** Batches are tried from small to whole, as long as time and memory last. */
const LADDER = [2, 8]
/** Batches after the first, which fetches memory and makes kernels. */
const TIMED = { small: 1, whole: 3 }
/** Part of the memory that is free that a larger batch may be expected to take. */
const ROOM = 0.8
/** Videos that the loader threads are told of at least; a whole index would be much to copy. */
const SAMPLE = 512

/**
 * Times batches of each phase of a configuration on videos of its data set, from small ones to the whole
 * one, and scales up where the whole would take too long or too much memory.
 * @returns the last message for the host
 * @throws Error when TensorFlow or the videos fail
 */
export async function timeBatches(job: TimingJob, port: HostPort): Promise<FromTrainer> {
  const { config, limit } = job
  const { videos } = readVideoList(job.videos)
  const engine = await loadEngine(config.precision)
  port.send({ type: 'engine', engine: engine.info })
  const training = new Training(engine, createLearner(engine, config), config)
  const kinds = phaseKinds(config)
  const sample = sampleOf(videos, config.batch)
  const phases: { timing: ScaledTiming; share: number }[] = []
  for (const [place, { phase, share }] of kinds.entries()) {
    const bench = new Bench(training, sample, { config, phase, port, before: place, all: kinds })
    const tried = await climb(bench, port, limit / kinds.length)
    if (port.stopRequested) break
    phases.push({ timing: scaledTiming(tried, config.batch, videos.length), share })
  }
  if (port.stopRequested) return { type: 'stopped', step: 0 }
  const { device, deviceName, precision } = engine.info
  const timing: StepTiming = {
    ...meanTiming(phases),
    device,
    deviceName,
    precision,
  }
  training.dispose()
  port.send({ type: 'timed', timing })
  return { type: 'done' }
}

/** From small batches to the whole one. @param limit seconds, about */
async function climb(bench: Bench, port: HostPort, limit: number): Promise<BatchTiming[]> {
  const tried: BatchTiming[] = []
  const until = performance.now() + 1000 * limit
  for (const batch of bench.sizes) {
    const last = tried.at(-1)
    if (last && !hasRoom(last, batch, until - performance.now())) break
    try {
      tried.push(await bench.time(batch, until))
    } catch (error) {
      // What a larger batch fails by is mostly the memory of a GPU: told as what did not fit.
      if (!last) throw error
      const { message } = error as Error
      port.send({ type: 'warning', message: `A batch of ${batch} fails: ${message}` })
      break
    }
    if (port.stopRequested) break
  }
  return tried
}

/** Whether a larger batch can be expected to end in time and to find memory. @param left ms */
function hasRoom(last: BatchTiming, batch: number, left: number): boolean {
  const { first, again, load, loadAgain } = last
  // Both passes, and one batch of twice the size.
  const batches = 2 * (1 + TIMED.small) + 2
  const seconds = batches * Math.max(first.interval, again.interval) + 2 * load + loadAgain
  const growth = memoryFor(last, batch) - last.memory
  return (1000 * seconds * batch) / last.batch <= left && growth <= ROOM * freemem()
}

interface BenchOptions {
  config: PretrainConfig
  phase: Phase
  port: HostPort
  /** Phases that were timed before. */
  before: number
  all: readonly PhaseKind[]
}

class Bench {
  private readonly training: Training
  private readonly videos: TrainerVideo[]
  private readonly config: PretrainConfig
  private readonly port: HostPort
  private readonly phase: Phase
  /** Phases that are timed before this one, and all. */
  private readonly phases: { before: number; count: number }

  constructor(
    training: Training,
    videos: TrainerVideo[],
    { config, phase, port, before, all }: BenchOptions,
  ) {
    this.training = training
    this.videos = videos
    this.config = config
    this.phase = phase
    this.port = port
    this.phases = { before, count: all.length }
  }

  /** Videos a batch, from small to whole. */
  get sizes(): number[] {
    const { batch } = this.config
    return [...LADDER.filter((size) => size < batch), batch]
  }

  /** Times batches of one size, from decoded videos and from memory. @param until ms, about */
  async time(batch: number, until: number): Promise<BatchTiming> {
    const warn = (message: string): void => this.port.send({ type: 'warning', message })
    const { views = null } = this.phase
    const { repeats } = this.config
    const config = { ...this.config, batch, repeats: batch % repeats === 0 ? repeats : 1 }
    const loader = new ClipLoader(this.videos, config, warn, { made: () => views })
    try {
      await this.report(batch)
      // The threads load FFmpeg with their first batch.
      await loading(loader, 0)
      const load = await loading(loader, 1)
      const loadAgain = await loading(loader, 1)
      const first = await this.train(loader, batch, 2, until)
      const { kept } = loader
      const again = kept.videos > 0 ? await this.train(loader, batch, 2, until) : first
      const memory = residentPeak()
      const doubled = batch < this.config.batch ? await this.double(loader, batch) : memory
      return { batch, load, loadAgain, first, again, kept, memory, doubled }
    } finally {
      await loader.close()
    }
  }

  /** Trains on a few batches from one on, as a run does. @returns seconds a batch, in the mean */
  private async train(loader: ClipLoader, batch: number, from: number, until: number) {
    const isWhole = batch === this.config.batch
    const count = 1 + (isWhole ? TIMED.whole : TIMED.small)
    const marks: number[] = []
    let compute = 0
    for await (const { views, answers } of loader.batches(from, from + count)) {
      const start = performance.now()
      // The first batch is not timed: it shows how much memory the largest takes.
      const standsFor = marks.length === 0 ? 'memory' : 'time'
      this.training.accumulate(views, { ...this.place, standsFor, answers })
      // Two batches a step hold the gradients that more of them would hold as well.
      if (marks.length % Math.min(this.config.accumulate, 2) === 0) this.training.finishStep(0)
      const now = performance.now()
      marks.push(now)
      if (marks.length > 1) compute += now - start
      await this.report(batch)
      const isLate = now + (now - start) > until
      if (this.port.stopRequested || (marks.length > 1 && isLate)) break
    }
    const timed = marks.length - 1
    return { compute: compute / timed / 1000, interval: (marks.at(-1)! - marks[0]) / timed / 1000 }
  }

  /** One batch of twice the size shows how memory grows. @returns the largest so far, in bytes */
  private async double(loader: ClipLoader, batch: number): Promise<number> {
    for await (const { views, answers } of loader.batches(1, 2)) {
      const both = answers.map((row) => Int32Array.from([...row, ...row]))
      this.training.accumulate(views.map(twice), {
        ...this.place,
        standsFor: 'memory',
        answers: both,
      })
      this.training.finishStep(0)
    }
    await this.report(batch)
    return residentPeak()
  }

  private get place(): BatchPlace {
    return { ...LATE, phase: { name: this.phase.name, from: 0 } }
  }

  private async report(batch: number): Promise<void> {
    const { sizes, phases } = this
    const { label } = this.phase
    const progress: Progress = {
      phase: `Timing batches of ${batch}${label === '' ? '' : `, ${label}`}`,
      unit: 'sizes',
      total: phases.count * sizes.length,
      done: phases.before * sizes.length + sizes.indexOf(batch),
      rate: 0,
      secondsLeft: null,
    }
    this.port.send({ type: 'progress', progress })
    await this.port.breathe()
  }
}

function twice(clips: Float32Array): Float32Array {
  const both = new Float32Array(2 * clips.length)
  both.set(clips)
  both.set(clips, clips.length)
  return both
}

/** Largest memory of this process so far, in bytes. */
function residentPeak(): number {
  return process.resourceUsage().maxRSS * 1024
}

/** Seconds that the loader takes for one batch while nothing else is done. */
async function loading(loader: ClipLoader, step: number): Promise<number> {
  const start = performance.now()
  for await (const batch of loader.batches(step, step + 1)) void batch
  return (performance.now() - start) / 1000
}

/** Videos from all over the list. */
function sampleOf(videos: TrainerVideo[], batch: number): TrainerVideo[] {
  const wanted = Math.max(SAMPLE, 8 * batch)
  if (videos.length <= wanted) return videos
  return Array.from({ length: wanted }, (_, i) => videos[Math.floor((i * videos.length) / wanted)])
}
