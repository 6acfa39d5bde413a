import type { FromTrainer } from './messages.ts'

/** What a job sees of its host. */
export interface TrainerPort {
  /** Whether it was asked to stop: save and end. */
  readonly stopRequested: boolean
  send(message: FromTrainer): void
  /** Lets messages arrive: TensorFlow's calls do not yield. */
  breathe(): Promise<void>
}
