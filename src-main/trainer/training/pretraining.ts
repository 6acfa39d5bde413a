import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { plannedSteps } from '#shared/config/steps.ts'
import { phaseAt } from '#shared/methods/phases.ts'
import { TrainingState } from '../checkpoint/training-state.ts'
import type { Collective } from '../collective/collective.ts'
import { loadEngine } from '../engine/load.ts'
import { KnnCurve } from '../knn/knn-curve.ts'
import { ClipLoader } from '../loader/clip-loader.ts'
import { sourcesOf } from '../loader/video-sources.ts'
import { readVideoList, type ReadVideoList } from '../loader/video-list.ts'
import { createLearner } from '../methods/index.ts'
import { announce } from '../process/announce.ts'
import type { FromTrainer, PretrainJob } from '../process/messages.ts'
import type { TrainerPort } from '../process/trainer-port.ts'
import { BatchPreview } from '../telemetry/batch-preview.ts'
import { GpuMeter } from '../telemetry/gpu-meter.ts'
import { MethodPreview } from '../telemetry/method-preview.ts'
import { MaskTally } from '../telemetry/mask-tally.ts'
import { withJournal, type Journaled } from '../telemetry/metric-journal.ts'
import { Reporter } from '../telemetry/reporter.ts'
import { StepMeter } from '../telemetry/step-meter.ts'
import { withTensorboard } from '../telemetry/tensorboard.ts'
import { Crew } from './crew.ts'
import { Training } from './training.ts'

/** Everything that a pretraining keeps open, from its loader to its journal. */
export interface Pretraining {
  crew: Crew
  config: PretrainConfig
  list: ReadVideoList
  /** Number of the recording that each of its videos was cut from. */
  sources: Uint32Array
  /** Steps of the whole run. */
  total: number
  /** Steps that the checkpoint already has; 0 for a new run. */
  restored: number
  training: Training
  state: TrainingState
  loader: ClipLoader
  preview: BatchPreview
  pictures: MethodPreview
  knn: KnnCurve
  tally: MaskTally
  meter: StepMeter
  gpu: GpuMeter
  journal: Journaled
  reporter: Reporter
  /** Tells the host what a person should know. */
  warn: (message: string) => void
  close(): Promise<void>
}

/**
 * Opens a run where its checkpoint left it, or at its start.
 * @param collective the processes that share its batches; null for this one alone
 * @throws Error when TensorFlow, the list of videos or the checkpoint cannot be read
 */
export async function openPretraining(
  given: PretrainJob,
  port: TrainerPort,
  collective: Collective | null,
): Promise<Pretraining> {
  const crew = new Crew(given, collective)
  const { job } = crew
  const { config } = job
  const send = (message: FromTrainer): void => port.send(message)
  const warn = (message: string): void => {
    if (crew.isHead) send({ type: 'warning', message })
    else crew.warn(message)
  }
  const list = readVideoList(job.videos)
  const total = plannedSteps(config, list.videos.length)
  const engine = await loadEngine(config.precision)
  announce(engine, send)
  const learner = createLearner(engine, config)
  const training = new Training(engine, learner, config)
  const tally = new MaskTally(send)
  const state = new TrainingState({ job, list, trained: training, masks: tally, send })
  const own = { step: state.restore(), state: () => training.stateDict() }
  const restored = crew.goOnFrom(own, (loaded) => training.loadState(loaded))
  if (collective) engine.join(collective)
  const journal = withJournal(job.folder, restored, withTensorboard(job, restored, send))
  const whole = { phase: 'Pretraining', unit: 'steps', total, done: restored }
  const source = { config, videos: list.videos, root: job.videos.root }
  const made = (batch: number): readonly number[] | null =>
    phaseAt(config, Math.floor(batch / config.accumulate), total).phase.views ?? null
  const goesOn = async (): Promise<boolean> => {
    await port.breathe()
    return !port.stopRequested
  }
  const parts = {
    crew,
    config,
    list,
    sources: sourcesOf(list.videos),
    total,
    restored,
    warn,
    training,
    state,
    tally,
    journal,
    loader: new ClipLoader(list.videos, config, warn, { ...job, made, share: crew.share }),
    preview: new BatchPreview({ ...source, folder: job.folder, send }),
    pictures: new MethodPreview({
      ...{ engine, learner, folder: job.folder, send, warn, total },
      videos: list.videos,
      root: job.videos.root,
    }),
    knn: new KnnCurve({ ...source, encoder: learner.encoder, total, warn, goesOn }),
    meter: new StepMeter(),
    gpu: new GpuMeter(),
    reporter: new Reporter({ ...whole, send: journal.send }),
  }
  return { ...parts, close: () => close(parts) }
}

async function close(parts: Omit<Pretraining, 'close'>): Promise<void> {
  await parts.loader.close()
  await parts.preview.close()
  await parts.pictures.close()
  await parts.knn.close()
  parts.gpu.close()
  parts.journal.close()
  parts.training.dispose()
  parts.crew.close()
}
