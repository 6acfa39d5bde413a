import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import {
  importMasksSchema,
  type ExportEvent,
  type ExportMasks,
  type ImportEvent,
  type ImportMasks,
} from '#shared/contract/mask-files.ts'
import { surveyRequestSchema } from '#shared/contract/mask-windows.ts'
import type {
  ClipWindow,
  CompleteQueueQuery,
  DecideEvent,
  DecideManyRequest,
  DecideRequest,
  EnergyPiece,
  MaskEdit,
  MaskEditResult,
  MaskStep,
  OpenMask,
  QueuePage,
  SurveyRequest,
  TrueMask,
  UndoneBulk,
} from '#shared/contract/mask-windows.ts'
import type { PropagateEvent, PropagateRequest } from '#shared/contract/propagation.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { clipFrames } from '#shared/fame/clip-window.ts'
import { explainLength } from './clip-mask.ts'
import { OneAtATime } from '../base/async/sharing.ts'
import type { Project } from '../store/project.ts'
import type { Store } from '../store/store.ts'
import { DecoderPool } from '../video/decoder-pool.ts'
import { authorName } from './author.ts'
import { checkCarried } from './check-carried.ts'
import { decideMany, undoBulk } from './decide-many.ts'
import { decide, type DecideContext } from './decide.ts'
import { MotionEnergy } from './energy.ts'
import { exportMasks } from './export.ts'
import { importMasks } from './import.ts'
import { propagate } from './propagate.ts'
import { survey } from './survey.ts'
import { trueMaskFile } from '../video/true-mask-file.ts'

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
  private readonly closing = new AbortController()
  private readonly surveys = new OneAtATime(
    'Masks are being scored. Wait until that ends, or cancel it.',
  )
  private readonly imports = new OneAtATime(
    'Masks are being imported. Wait until that ends, or cancel it.',
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

  /** Decides on a window. @throws WorkbenchError as `decide` */
  async decide(request: DecideRequest, signal?: AbortSignal): Promise<OpenMask | null> {
    const { author, store, options } = this
    const fameMask = this.fameMaskBy(options.decoders)
    const context = { masks: store.masks, author, fameMask, signal: this.while(signal) }
    return await decide(request, context)
  }

  /** Decides on windows; those approved without a mask get FAME's. */
  decideMany(
    request: DecideManyRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<DecideEvent, void, undefined> {
    const { author, store, options } = this
    const pool = request.windows.length > 1 ? this.background : options.decoders
    const fameMask = this.fameMaskBy(pool)
    const setBeta = (window: ClipWindow): number | null => {
      const set = store.maskBetas.betaFor(window)
      return set === null || set.scope === 'project' ? null : set.beta
    }
    const { masks, maskBatches: batches } = store
    const context = { masks, batches, author, fameMask, setBeta, signal: this.while(signal) }
    return decideMany(request, context)
  }

  undoBulk(): Promise<UndoneBulk | null> {
    return undoBulk(this.store, this.author, this.closing.signal)
  }

  /** The true foreground of a window; null where its data set has none. */
  async truth(window: ClipWindow, signal?: AbortSignal): Promise<TrueMask | null> {
    const { store, options } = this
    const { datasetId, path } = store.videos.get(window.videoId)
    const file = await trueMaskFile(store.datasets.get(datasetId).folder, path)
    if (file === null) return null
    const indices = clipFrames(window.start, window)
    const work = () => options.decoders.run('true-mask', { path: file, indices }, { signal })
    return await explainLength(options.decoders, file, window, work)
  }

  /** The whole video's motion energy, piece by piece. */
  async *energy(
    videoId: number,
    signal?: AbortSignal,
  ): AsyncGenerator<EnergyPiece, void, undefined> {
    yield* this.motion.of(videoId, this.options.fileOf(videoId), this.while(signal))
  }

  /**
   * Carries the mask of one frame to others of its clip by optical flow; nothing is stored.
   * @throws WorkbenchError when a mask does not fit the video
   */
  propagate(
    request: PropagateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<PropagateEvent, void, undefined> {
    const { options } = this
    const { videoId } = request.window
    checkCarried(request, this.store.videos.get(videoId))
    const path = options.fileOf(videoId)
    return propagate(request, {
      carry: (job, signal) => options.decoders.run('carry', { path, request: job }, { signal }),
      signal: this.while(signal),
    })
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
        background.run(
          'score',
          { path: options.fileOf(window.videoId), request: { ...window, size, compensate } },
          { signal },
        ),
      signal: this.while(signal),
    }
    return this.surveys.run(() => survey(complete, context), signal)
  }

  /** Writes masks and decisions to a file or a folder. @throws WorkbenchError as `exportMasks` */
  export(request: ExportMasks, signal?: AbortSignal): AsyncGenerator<ExportEvent, void, undefined> {
    const out = resolve(this.options.project.exportsFolder, request.out)
    const { fileOf } = this.options
    const pictureOf = async (id: number, frame: number) =>
      (await this.background.frameJpeg(fileOf(id), frame)).bytes
    return exportMasks({ ...request, out }, this.store, this.while(signal), pictureOf)
  }

  /**
   * Tells what of a file of masks fits, and takes it where asked to.
   * @throws WorkbenchError as `importMasks`, and beside another import
   */
  import(request: ImportMasks, signal?: AbortSignal): AsyncGenerator<ImportEvent, void, undefined> {
    const { store, author } = this
    const complete = importMasksSchema.parse(request)
    const file = resolve(this.options.project.exportsFolder, complete.file)
    const fameMask = this.fameMaskBy(this.background)
    const context = { store, author, fameMask, signal: this.while(signal) }
    return this.imports.run(() => importMasks({ ...complete, file }, context), signal)
  }

  queue(query: CompleteQueueQuery): QueuePage {
    const { datasetId, class: name, split } = query
    const total = this.store.videos.count({ datasetId, class: name, split, readable: true })
    const videos = { reviewed: this.store.maskQueue.reviewedVideos(query), total }
    return { ...this.store.maskQueue.page(query), videos }
  }

  private fameMaskBy(pool: DecoderPool): DecideContext['fameMask'] {
    return async (window, origin, signal) => {
      const file = this.options.fileOf(window.videoId)
      const work = () => pool.run('fame-mask', { path: file, window, origin }, { signal })
      return await explainLength(pool, file, window, work)
    }
  }

  /** Ends the decoder processes, and long work once it has written what it had. */
  async close(): Promise<void> {
    this.closing.abort()
    this.background.close()
    this.motion.close()
    await breathe()
  }

  /** Aborted when its client goes or the project is closed. */
  private while(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.closing.signal, ...(signal ? [signal] : [])])
  }
}
