import { viewsOf } from '#shared/methods/index.ts'
import { availableParallelism } from 'node:os'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { createMasker } from '#shared/fame/masker.ts'
import { mergeClips } from '#shared/fame/merge.ts'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import { normaliseColours } from '../../trainer/loader/transforms/colour.ts'
import { drawAnswers } from '../../trainer/loader/answers.ts'
import { createLearner } from '../../trainer/methods/index.ts'
import { Training } from '../../trainer/training/training.ts'
import type { EngineInfo } from '../../trainer/process/messages.ts'
import type { OpTime } from './timed-binding.ts'

export interface TrainBench extends EngineInfo {
  model: PretrainConfig['model']
  /** Clip pairs a step. */
  batch: number
  frames: number
  size: number
  /** Processor cores that TensorFlow may use. */
  threads: number
  /** Steps that were timed. */
  steps: number
  /** Median of wall time. */
  secondsPerStep: number
  /** Median of processor time over all threads: tells more than wall time on a busy machine. */
  cpuSecondsPerStep: number
  pairsPerSecond: number
  /** Largest resident set of the process. */
  peakMemoryBytes: number
  /** After some of the timed steps, evenly spaced, the last one included. */
  memoryOverSteps: MemoryAtStep[]
  /** The longest first; null unless asked for. Timing them costs a step about 1 %. */
  operations: OpTime[] | null
  /** Operations a second that the processor can do at most; null where it was not measured. */
  peak: number | null
}

export interface MemoryAtStep {
  /** Counted from the first timed one. */
  step: number
  /** Resident set of the process. */
  residentBytes: number
  /** Tensors alive. */
  tensors: number
}

/** What a step takes: floats in [0, 1], [B, T, S, S, 3] each. */
/** Steps that are not timed: memory is fetched and kernels are made in them. */
export const WARM_UP = 2

/** The place of every batch: late in a run, when queues are full and nothing is frozen. */
const LATE = { step: 0, steps: 1, batch: 1e6, epoch: 1e6 }

/** How often memory is looked at, at most. */
const LOOKS = 20

/**
 * Times whole pretraining steps on clips of noise: FAME's masks and merging of the query clips,
 * normalisation, the method's gradients and the update.
 * @param steps how many are timed, after two that are not
 * @param takeOperations called around the timed steps, where time by op is wanted
 */
export function benchTraining(
  engine: Engine,
  config: PretrainConfig,
  steps: number,
  takeOperations: (() => OpTime[]) | null = null,
): Omit<TrainBench, 'peak'> {
  const { model, batch, frames, size } = config
  const training = new Training(engine, createLearner(engine, config), config)
  const views = createMerger(config)
  const answers = drawAnswers(config, new Rng(config.seed))
  const step = (): void => {
    training.accumulate(views(), { ...LATE, answers })
    training.finishStep(config.lr)
  }
  for (let i = 0; i < WARM_UP; i++) step()
  takeOperations?.()
  const times: StepTime[] = []
  const memoryOverSteps: MemoryAtStep[] = []
  while (times.length < steps) {
    times.push(timed(step))
    if (isLook(times.length, steps)) {
      const memory = { residentBytes: process.memoryUsage.rss(), tensors: engine.tensorCount }
      memoryOverSteps.push({ step: times.length, ...memory })
    }
  }
  const operations = takeOperations?.() ?? null
  training.dispose()
  const secondsPerStep = median(times.map(({ wall }) => wall))
  return {
    ...engine.info,
    model,
    batch,
    frames,
    size,
    steps,
    secondsPerStep,
    operations,
    threads: availableParallelism(),
    cpuSecondsPerStep: median(times.map(({ cpu }) => cpu)),
    pairsPerSecond: batch / secondsPerStep,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    memoryOverSteps,
  }
}

/** Makes batches from the same clips of noise, as the loader does from videos. */
function createMerger(config: PretrainConfig): () => Float32Array[] {
  const { batch, frames, size, model } = config
  const { scaling } = encoders[model]
  const masker = createMasker(size, size)
  const raw = viewsOf(config).map((_, view) => noise(config, 1 + view))
  const views = raw.map(({ length }) => new Float32Array(length))
  const length = raw[0].length / batch
  const clip = (data: Float32Array, b: number): Float32Array =>
    data.subarray((b % batch) * length, ((b % batch) + 1) * length)
  const merge = (x: Float32Array, out: Float32Array): void => {
    for (let b = 0; b < batch; b++) {
      const own = { data: clip(x, b), frames, height: size, width: size }
      const { mask } = masker.compute(own, config)
      mergeClips(own.data, clip(x, b + 1), mask, clip(out, b))
    }
  }
  return () => {
    views.forEach((view, i) => (i === 0 ? merge(raw[i], view) : view.set(raw[i])))
    for (const data of views) {
      normaliseColours({ data, frames: batch * frames, height: size, width: size }, scaling)
    }
    return views
  }
}

function noise({ batch, frames, size }: PretrainConfig, seed: number): Float32Array {
  const rng = new Rng(seed)
  return Float32Array.from({ length: batch * frames * size * size * 3 }, () => rng.uniform(0, 1))
}

/** Whether a stretch of `steps / LOOKS` steps ends with this one. */
function isLook(step: number, steps: number): boolean {
  return Math.floor((step * LOOKS) / steps) > Math.floor(((step - 1) * LOOKS) / steps)
}

/** Seconds. */
export interface StepTime {
  wall: number
  cpu: number
}

export function timed(work: () => void): StepTime {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  work()
  const wall = (performance.now() - start) / 1e3
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wall, cpu: (user + system) / 1e6 }
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
