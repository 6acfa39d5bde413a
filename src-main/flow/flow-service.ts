import { availableParallelism } from 'node:os'
import { setImmediate as breathe } from 'node:timers/promises'
import { flowAheadSchema, type FlowAhead } from '#shared/contract/flow.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { OneAtATime } from '../base/async/sharing.ts'
import type { DiskCache } from '../base/files/disk-cache.ts'
import type { Project } from '../store/project.ts'
import { DecoderPool } from '../video/decoder-pool.ts'
import { flowAhead } from './ahead.ts'
import { flowCache, pieceName } from './flow-cache.ts'
import type { FlowPieceRequest } from './jobs/flow-protocol.ts'

export interface FlowServiceOptions {
  project: Project
  /** For what somebody waits for. */
  decoders: DecoderPool
  /** Absolute path of an indexed video. @throws WorkbenchError when there is no such video. */
  fileOf: (videoId: number) => string
}

/** Optical flow of a project's videos, computed in decoder processes piece by piece and kept on disk. */
export class FlowService {
  private readonly options: FlowServiceOptions
  private readonly cache: DiskCache
  /** For whole data sets, beside which pictures still come at once. */
  private readonly background: DecoderPool
  private readonly closing = new AbortController()
  private readonly jobs = new OneAtATime(
    'Optical flow is being computed. Wait until that ends, or cancel it.',
  )

  constructor(options: FlowServiceOptions) {
    this.options = options
    this.cache = flowCache(options.project.flowFolder)
    const size = Math.min(8, availableParallelism())
    this.background = new DecoderPool({ size, background: true })
  }

  /**
   * One piece of a video's flow, as `splitPiece` reads it; from disk where it is kept.
   * @throws VideoError when the video cannot be read, or has no two frames there
   */
  piece(videoId: number, request: FlowPieceRequest, signal?: AbortSignal): Promise<Uint8Array> {
    return this.pieceBy(this.options.decoders, videoId, request, this.while(signal))
  }

  /**
   * Computes the flow of all readable videos of a choice that is not kept yet. A video that fails counts
   * as an error and costs nothing else. Ends with `done`, or without it when it is cancelled.
   * @throws WorkbenchError beside another such job
   */
  ahead(request: FlowAhead, signal?: AbortSignal): AsyncGenerator<JobEvent, void, undefined> {
    const complete = flowAheadSchema.parse(request)
    const { background, options } = this
    const context = {
      videos: options.project.store.videos,
      parallel: background.size,
      piece: async (videoId: number, piece: number, signal: AbortSignal) => {
        await this.pieceBy(background, videoId, { ...complete, piece }, signal)
      },
      signal: this.while(signal),
    }
    return this.jobs.run(() => flowAhead(complete, context), signal)
  }

  /** Ends the decoder processes; what they have computed is kept. */
  async close(): Promise<void> {
    this.closing.abort()
    this.background.close()
    await breathe()
  }

  private async pieceBy(
    pool: DecoderPool,
    videoId: number,
    { algorithm, size, piece }: FlowPieceRequest,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const path = this.options.fileOf(videoId)
    const { hash } = this.options.project.store.videos.identity(videoId)
    const request = { algorithm, size, piece }
    const name = pieceName({ path, hash }, request)
    const kept = await this.cache.get(name)
    if (kept) return kept
    const computed = await pool.run('flow', { path, request }, { signal })
    await this.cache.put(name, computed)
    return computed
  }

  /** Aborted when its client goes or the project is closed. */
  private while(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.closing.signal, ...(signal ? [signal] : [])])
  }
}
