import { relative } from 'node:path'
import { deflate } from 'node:zlib'
import { promisify } from 'node:util'
import { addMethodPictures, readMethodPictures } from '../../store/method-pictures-file.ts'
import type { Engine } from '../engine/engine.ts'
import type { Batch } from '../loader/clip-loader.ts'
import type { BatchPlace, Learner } from '../methods/learner.ts'
import type { FromTrainer, TrainerVideo } from '../process/messages.ts'
import { drawPictures, MOST_CLIPS, type DrawnPictures } from './method-raster.ts'
import { filteredRows } from '../evaluation/strip.ts'
import { pngFile } from '../../base/pictures/png-file.ts'

/** Parts of a run that end with pictures. With those of the first step, as many steps keep them. */
const PARTS = 24

const packed = promisify(deflate)

export interface MethodPreviewOptions {
  engine: Engine
  learner: Learner
  /** Absolute folder of the run. */
  folder: string
  videos: readonly TrainerVideo[]
  /** Absolute folder of the data set. */
  root: string
  /** Steps of the run. */
  total: number
  send: (message: FromTrainer) => void
  /** Tells a person that there are no pictures. */
  warn: (message: string) => void
}

/**
 * Keeps pictures that the method makes: after the first step of a run, and after each of 24 parts of
 * it. They take some hundred milliseconds each, and up to 4 MB before they are packed.
 */
export class MethodPreview {
  private readonly options: MethodPreviewOptions
  private writing: Promise<void> = Promise.resolve()
  private hasWarned = false

  constructor(options: MethodPreviewOptions) {
    this.options = options
  }

  /**
   * Makes the pictures of a step, if it has any. A picture that cannot be made, for want of memory
   * perhaps, must not cost the run: the first one is told of.
   * @param batch the step's last micro-batch
   * @param at its place
   * @param step steps that the run has now
   */
  offer(batch: Batch, at: BatchPlace, step: number): void {
    const { learner, total, warn } = this.options
    if (!learner.pictures || !hasPictures(step, total)) return
    try {
      const drawn = this.draw(learner.pictures.bind(learner), batch, at, step)
      this.writing = this.writing.then(() => this.write(drawn))
    } catch (error) {
      if (this.hasWarned) return
      this.hasWarned = true
      const reason = error instanceof Error ? error.message : String(error)
      warn(`The run goes on without the pictures of step ${step}: ${reason}`)
    }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.writing
  }

  private draw(
    make: NonNullable<Learner['pictures']>,
    batch: Batch,
    at: BatchPlace,
    step: number,
  ): DrawnPictures {
    const { engine, videos, root } = this.options
    const made = engine.alone(() => engine.scope(() => make(batch.views, at, MOST_CLIPS)))
    return drawPictures(made, step, (slot) => relative(root, videos[batch.videos[slot]].path))
  }

  private async write({ pictures, strip }: DrawnPictures): Promise<void> {
    const { folder, send } = this.options
    try {
      const size = { width: strip.frames * strip.width, height: strip.height, colour: 2 } as const
      const png = pngFile(size, await packed(filteredRows(strip)))
      await addMethodPictures(folder, await readMethodPictures(folder), pictures, png)
      send({ type: 'pictures', step: pictures.step })
    } catch {
      // A picture that cannot be written must not cost the run: a full disk is told of elsewhere.
    }
  }
}

/** Whether the method makes pictures after a step. It follows from the run alone. */
export function hasPictures(step: number, total: number): boolean {
  return step === 1 || step === total || step % Math.ceil(total / PARTS) === 0
}
