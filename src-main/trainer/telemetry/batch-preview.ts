import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { drawClipStrip } from './clip-strip.ts'
import { writeClipStrip } from '../../store/clip-strip-file.ts'
import type { Batch } from '../loader/clip-loader.ts'
import type { FromTrainer, TrainerVideo } from '../process/messages.ts'

/** Time between two strips, in ms: one takes the trainer 30 to 60 ms. */
const EVERY = 10_000

export interface BatchPreviewOptions {
  /** Absolute folder of the run. */
  folder: string
  config: PretrainConfig
  videos: readonly TrainerVideo[]
  /** Absolute folder of the data set. */
  root: string
  send: (message: FromTrainer) => void
}

/** Shows a few clips of the first batch, and of one every ten seconds: what the model sees. */
export class BatchPreview {
  private readonly options: BatchPreviewOptions
  private shownAt = -Infinity
  private writing: Promise<void> | null = null

  constructor(options: BatchPreviewOptions) {
    this.options = options
  }

  /** @param step the optimiser step that takes the batch, counted from 1 */
  offer(batch: Batch, step: number): void {
    if (this.writing || performance.now() - this.shownAt < EVERY) return
    this.shownAt = performance.now()
    this.writing = this.show(batch, step).finally(() => (this.writing = null))
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.writing
  }

  private async show(batch: Batch, step: number): Promise<void> {
    const { folder, send, ...source } = this.options
    try {
      await writeClipStrip(folder, drawClipStrip({ ...source, batch, step }))
      send({ type: 'strip', step })
    } catch {
      // A picture that cannot be written must not cost the run: a full disk is told of elsewhere.
    }
  }
}
