import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MaskUse } from '#shared/contract/runs.ts'
import { bestCheckpointFrom, firstScoredStep } from '#shared/metrics/best.ts'
import { addMasks, type MaskTally } from '../telemetry/mask-tally.ts'
import type { FromTrainer, PretrainJob } from '../process/messages.ts'
import type { ReadVideoList } from '../loader/video-list.ts'
import { loadNewestCheckpoint, saveCheckpoint, type LoadedCheckpoint } from './checkpoints.ts'
import type { StateDict } from './safetensors.ts'

/** What is trained: all that the next step depends on, apart from seed and step. */
interface Trained {
  stateDict(): StateDict
  loadState(state: StateDict): void
}

export interface TrainingStateOptions {
  job: PretrainJob
  list: ReadVideoList
  trained: Trained
  masks: MaskTally
  send: (message: FromTrainer) => void
}

/** The checkpoints of one run: what it goes on from and what it leaves. */
export class TrainingState {
  private readonly options: TrainingStateOptions
  /** Step of the newest checkpoint. */
  private savedAt: number | null = null
  /** Of the steps since the last whole interval of checkpoints, whatever stops there were. */
  private losses = { sum: 0, count: 0 }

  constructor(options: TrainingStateOptions) {
    this.options = options
  }

  /**
   * Loads the newest whole checkpoint, if the job is to resume and there is one.
   * @returns the step to go on from
   * @throws Error when no checkpoint is whole, or it was made with other videos.
   */
  restore(): number {
    const { job, list, trained, masks, send } = this.options
    const saved = job.resume ? loadNewestCheckpoint(job.folder) : null
    if (!saved) return 0
    checkVideos(saved, list)
    for (const message of saved.warnings) send({ type: 'warning', message })
    trained.loadState(saved.tensors)
    const { maskUse, losses } = saved.metadata
    if (losses !== undefined) this.losses = JSON.parse(losses) as typeof this.losses
    if (maskUse !== undefined) addMasks(masks.total, JSON.parse(maskUse) as MaskUse)
    this.savedAt = saved.step
    return saved.step
  }

  /** Takes the loss of a step in. */
  advance(loss: number): void {
    this.losses.sum += loss
    this.losses.count++
  }

  /**
   * Writes a checkpoint, unless that of this step is there.
   * @throws Error when a weight is not a number, or the disk refuses; older checkpoints stay.
   */
  save(step: number): void {
    if (this.savedAt === step) return
    const { job, list, trained, masks, send } = this.options
    const tensors = trained.stateDict()
    const broken = firstNotFinite(tensors)
    if (broken !== null) throw this.diverged(`The weights (${broken}) are no longer numbers`, step)
    const score = this.score(step)
    if (step % job.config.checkpointEvery === 0) this.losses = { sum: 0, count: 0 }
    const content = {
      tensors,
      metadata: {
        format: 'pt',
        config: JSON.stringify(job.config),
        step: String(step),
        videos: String(list.videos.length),
        videosSha256: list.sha256,
        maskUse: JSON.stringify(masks.total),
        losses: JSON.stringify(this.losses),
      },
    }
    const { keepCheckpoints: keep } = job.config
    const scoresFrom = bestCheckpointFrom(job.config)
    const file = saveCheckpoint(job.folder, step, content, { keep, score, scoresFrom })
    this.savedAt = step
    send({ type: 'checkpoint', step, file })
  }

  /**
   * The mean loss of a whole interval: the one figure that pretraining has for how good an encoder is,
   * and one that a collapsed encoder cannot win by. It counts from the step that the method says.
   */
  private score(step: number): number | undefined {
    const { config } = this.options.job
    const { sum, count } = this.losses
    const first = step - count + 1
    const counts = first >= firstScoredStep(config) && count === config.checkpointEvery
    return counts ? sum / count : undefined
  }

  /**
   * What to throw when training has gone astray: the fact, what is left, and the remedy.
   * @param evidence written to `diverged.json` in the run's folder: the step and what it was made of
   */
  diverged(fact: string, step: number, evidence?: object): Error {
    const { job } = this.options
    const kept =
      this.savedAt === null
        ? 'there is no earlier checkpoint'
        : `the checkpoint of step ${this.savedAt} is kept`
    const where = evidence ? ` ${noteDivergence(job.folder, { fact, step, ...evidence })}` : ''
    return new Error(
      `${fact} at step ${step}; ${kept}.${where} Start a new run with a learning rate below ${job.config.lr}.`,
    )
  }
}

/** @returns a sentence that says where the note is, or why there is none */
function noteDivergence(folder: string, note: object): string {
  const file = join(folder, 'diverged.json')
  try {
    writeFileSync(file, `${JSON.stringify(note, null, 2)}\n`)
    return `Its batch is recorded in ${file}.`
  } catch (error) {
    return `Its batch could not be recorded (${(error as Error).message}).`
  }
}

/** The order of the data is one of positions in the list: another list would be another run. */
function checkVideos({ step, metadata }: LoadedCheckpoint, list: ReadVideoList): void {
  const { videos, videosSha256 } = metadata
  if (videosSha256 === undefined || videosSha256 === list.sha256) return
  const now = list.videos.length
  const difference = Number(videos) === now ? `${now} others` : `${now}`
  throw new Error(
    `The checkpoint of step ${step} was made with ${videos} videos and the run's list ` +
      `(videos.jsonl) now has ${difference}. Resuming would mix two runs. ` +
      'Restore the list, or start a new run.',
  )
}

function firstNotFinite(tensors: StateDict): string | null {
  for (const [name, { data }] of tensors) {
    // Indexed: there are a hundred million of them, and an iterator takes seconds.
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return name
  }
  return null
}
