import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { surveyRequestSchema } from '#shared/contract/mask-windows.ts'
import type {
  ClipWindow,
  CompleteQueueQuery,
  DecideEvent,
  DecideRequest,
  EnergyPiece,
  MaskEdit,
  MaskEditResult,
  MaskStep,
  QueuePage,
  SurveyRequest,
  TrueMask,
  UndoneBulk,
} from '#shared/contract/mask-windows.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { clipFrames } from '#shared/fame/clip-window.ts'
import { explainLength } from '../media/clip-mask.ts'
import { OneAtATime } from '../sharing.ts'
import type { Project } from '../store/project.ts'
import type { Store } from '../store/store.ts'
import { DecoderPool } from '../video/decoder-pool.ts'
import { authorName } from './author.ts'
import { decide, undoBulk } from './decide.ts'
import { MotionEnergy } from './energy.ts'
import { survey } from './survey.ts'
import { trueMaskFile } from './truth.ts'

export interface MaskServiceOptions {
  project: Project
  /** For what somebody waits for. */
  decoders: DecoderPool
  /** Absolute path of an indexed video. @throws WorkbenchError when there is no such video. */
  fileOf: (videoId: number) => string
  /** Default: the name of the operating system's user. */
  author?: string
}

/** Masks and decisions of a project, and what is computed for them in decoder processes. */
export class MaskService {
  private readonly store: Store
  private readonly options: MaskServiceOptions
  private readonly author: string
  /** For long work, beside which pictures still come at once. */
  private readonly background: DecoderPool
  private readonly motion: MotionEnergy
  private readonly surveys = new OneAtATime(
    'Masks are being scored. Wait for the end of it, or cancel it.',
  )

  constructor(options: MaskServiceOptions) {
    const { project, author = authorName() } = options
    this.options = options
    this.author = author
    this.store = project.store
    const size = Math.min(8, availableParallelism())
    this.background = new DecoderPool({ size, background: true })
    this.motion = new MotionEnergy(join(project.cacheFolder, 'energy'), project.store.videos)
  }

  /** @throws WorkbenchError as `MaskTable.edit` */
  edit(edit: MaskEdit): MaskEditResult {
    return this.store.masks.edit(edit, this.author)
  }

  undo(window: ClipWindow): MaskStep | null {
    return this.store.masks.undo(window, this.author)
  }

  redo(window: ClipWindow): MaskStep | null {
    return this.store.masks.redo(window, this.author)
  }

  /** Decides on windows; those approved without a mask get FAME's. */
  decide(
    request: DecideRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<DecideEvent, void, undefined> {
    const { author, store, options } = this
    const pool = request.windows.length > 1 ? this.background : options.decoders
    return decide(request, {
      masks: store.masks,
      author,
      fameMask: async (window, origin, signal) => {
        const file = options.fileOf(window.videoId)
        const work = () => pool.fameMask(file, window, origin, { signal })
        return await explainLength(pool, file, window, work)
      },
      ...(signal && { signal }),
    })
  }

  undoBulk(): Promise<UndoneBulk | null> {
    return undoBulk(this.store.masks, this.author)
  }

  /** The true foreground of a window; null where its data set has none. */
  async truth(window: ClipWindow, signal?: AbortSignal): Promise<TrueMask | null> {
    const { store, options } = this
    const { datasetId, path } = store.videos.get(window.videoId)
    const file = await trueMaskFile(store.datasets.get(datasetId).folder, path)
    if (file === null) return null
    const work = () => options.decoders.trueMask(file, clipFrames(window.start, window), { signal })
    return await explainLength(options.decoders, file, window, work)
  }

  /** The whole video's motion energy, piece by piece. */
  async *energy(
    videoId: number,
    signal?: AbortSignal,
  ): AsyncGenerator<EnergyPiece, void, undefined> {
    yield* this.motion.of(videoId, this.options.fileOf(videoId), signal)
  }

  /** Scores windows for the queue. @throws WorkbenchError beside another survey */
  survey(request: SurveyRequest, signal?: AbortSignal): AsyncGenerator<JobEvent, void, undefined> {
    const complete = surveyRequestSchema.parse(request)
    const { store, options, background } = this
    const { size, compensate } = complete
    const context = {
      store,
      parallel: background.size,
      score: (window: ClipWindow, signal: AbortSignal) =>
        background.score(
          options.fileOf(window.videoId),
          { ...window, size, compensate },
          { signal },
        ),
      ...(signal && { signal }),
    }
    return this.surveys.run(() => survey(complete, context), signal)
  }

  queue(query: CompleteQueueQuery): QueuePage {
    return this.store.maskQueue.page(query)
  }

  /** Ends the decoder processes. */
  close(): void {
    this.background.close()
    this.motion.close()
  }
}
