import { createHash } from 'node:crypto'
import { join } from 'node:path'
import {
  defaultSettings,
  type EvaluationSettingName,
  type EvaluationSettings,
} from '#shared/config/evaluation-settings.ts'
import { olderValues } from '#shared/config/old-settings.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { loadNewestCheckpoint, saveCheckpoint } from '../../checkpoint/checkpoints.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import type { Classifier } from './classifier.ts'

/** Time between two checkpoints, in ms; one is also written on stop and at the end. */
const SAVE_EVERY = 60_000

/**
 * Where fine-tuning goes on after it was cut short: a checkpoint in the evaluation's folder, or in one
 * there for each of several streams.
 */
export class FinetuneState {
  private readonly context: EvaluationContext
  private readonly classifier: Classifier
  private readonly training: string
  private readonly folder: string
  private savedAt = performance.now()
  private savedStep = 0

  /** @param training of `trainingOf` */
  constructor(context: EvaluationContext, classifier: Classifier, training: string) {
    this.context = context
    this.classifier = classifier
    this.training = training
    const { outputs, config } = context.job
    this.folder = context.stream === null ? outputs : join(outputs, config.modality)
  }

  /** @returns the step to go on from; null where there is no checkpoint of just this training */
  restore(): number | null {
    const { context, classifier } = this
    const saved = loadNewestCheckpoint(this.folder)
    if (saved?.metadata.training !== this.training) return null
    for (const message of saved.warnings) context.warn(message)
    classifier.loadState(saved.tensors)
    this.savedStep = saved.step
    return saved.step
  }

  /** Saves now and then. */
  saveSometimes(step: number, before: () => void): void {
    if (performance.now() - this.savedAt >= SAVE_EVERY) this.save(step, before)
  }

  /**
   * @param before called first, so that what was measured up to here is on disk before the checkpoint
   * @throws Error when the disk refuses; the checkpoint before stays.
   */
  save(step: number, before: () => void): void {
    if (step === this.savedStep) return
    before()
    const metadata = { format: 'pt', training: this.training }
    const content = { tensors: this.classifier.stateDict(), metadata }
    saveCheckpoint(this.folder, step, content, { keep: 1 })
    this.savedStep = step
    this.savedAt = performance.now()
  }
}

/**
 * Tells a training from every other: what it starts from, its settings and its videos.
 * @param videos whose labels it uses
 */
export function trainingOf({ job }: EvaluationContext, videos: readonly TrainerVideo[]): string {
  const { classes, folder } = job
  const config = withoutNewer(job.config)
  const settings = withoutLater(job.settings)
  const trained = videos.map(({ path, label }) => `${path} ${label}`)
  const all = JSON.stringify({ config, settings, classes, folder, trained })
  return createHash('sha256').update(all).digest('hex')
}

/** Settings of runs that came late, but were hashed before settings of later versions were left out. */
const HASHED: ReadonlySet<string> = new Set([
  ...['adaptiveBeta', 'compensateMotion', 'useCorrections', 'accumulate', 'optimiser'],
  ...['decayVectors', 'schedule', 'stepEvery', 'stepFactor', 'warmup', 'clipNorm', 'balanced'],
  ...['dropLast', 'keepCheckpoints', 'decodedCache', 'knnEvery', 'tensorboard'],
  ...['keyMomentumSchedule', 'shuffleBN', 'headStart'],
])

/** A run's settings without newer ones that are as they were before there was such a setting. */
function withoutNewer(config: PretrainConfig): Record<string, unknown> {
  const older = olderValues(config.method)
  return Object.fromEntries(
    Object.entries(config).filter(([name, value]) => HASHED.has(name) || older[name] !== value),
  )
}

/** The settings of version 0.1.0, in the order in which it hashed them. */
const FIRST: readonly EvaluationSettingName[] = [
  ...(['clips', 'crops', 'splitList', 'normalise', 'k', 'temperature', 'epochs', 'lr'] as const),
  ...(['batch', 'weightDecay', 'backgrounds', 'videos', 'shown', 'neighbours'] as const),
  ...(['minDistance', 'milestone1', 'milestone2', 'factor', 'dropout', 'merge', 'seed'] as const),
]

/** Without later settings that change nothing, so that a training that an older version began goes on. */
function withoutLater(settings: EvaluationSettings): Partial<EvaluationSettings> {
  const usual = defaultSettings('finetune')
  const names = Object.keys(settings) as EvaluationSettingName[]
  const later = names.filter((name) => !FIRST.includes(name) && settings[name] !== usual[name])
  // Sorted, so that the order of the table of settings does not matter.
  const told = [...FIRST, ...later.sort()]
  return Object.fromEntries(told.map((name) => [name, settings[name]]))
}
