import { performance } from 'node:perf_hooks'
import { setImmediate as breathe } from 'node:timers/promises'
import type { FlowOptions } from '#shared/contract/flow.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { PIECE_PAIRS } from '#shared/flow/piece.ts'
import { progressUntil } from '../base/async/progress.ts'
import { RateMeter } from '../base/async/rate-meter.ts'
import type { VideoTable } from '../store/videos.ts'

/** Failures that are told one by one. */
const TOLD = 20

export interface FlowAheadContext {
  videos: VideoTable
  /** How many pieces to compute at a time. */
  parallel: number
  /** @throws VideoError when the video cannot be read there */
  piece(videoId: number, piece: number, signal: AbortSignal): Promise<void>
  signal: AbortSignal
}

/** A video of the choice. */
interface Planned {
  id: number
  path: string
  pieces: number
}

/**
 * Computes the flow of videos, video by video. Pieces that are kept cost a look each, so a pass that
 * was cut off goes on where it was.
 */
export async function* flowAhead(
  request: FlowOptions & { datasetId?: number; class?: string },
  context: FlowAheadContext,
): AsyncGenerator<JobEvent, void, undefined> {
  const begun = performance.now()
  const left = new AbortController()
  const signal = AbortSignal.any([context.signal, left.signal])
  const pass = new FlowPass(await videosOf(request, context, signal), context, signal)
  const work = pass.run()
  try {
    const meter = new RateMeter()
    yield* progressUntil(work, () => eventsOf(pass, meter))
    await work
    if (signal.aborted) return
    const { total, errors } = pass
    const seconds = (performance.now() - begun) / 1000
    yield { type: 'done', total, errors, seconds, datasetId: null, format: null, warnings: {} }
  } finally {
    left.abort()
    await work.catch(() => undefined)
  }
}

/** The readable videos with at least two frames, read page by page. */
async function videosOf(
  { datasetId, class: name }: { datasetId?: number; class?: string },
  { videos }: FlowAheadContext,
  signal: AbortSignal,
): Promise<Planned[]> {
  const planned: Planned[] = []
  for (const page of videos.pages({ datasetId, class: name, readable: true })) {
    if (signal.aborted) break
    for (const { id, path, frames } of page) {
      const pairs = (frames ?? 0) - 1
      if (pairs > 0) planned.push({ id, path, pieces: Math.ceil(pairs / PIECE_PAIRS) })
    }
    await breathe()
  }
  return planned
}

class FlowPass {
  readonly total: number
  done = 0
  errors = 0
  /** Pieces in all and so far, from which the time left follows. */
  readonly pieces: number
  piecesDone = 0
  /** Failures not told yet. */
  failures: string[] = []
  private readonly videos: readonly Planned[]
  private readonly context: FlowAheadContext
  private readonly signal: AbortSignal

  constructor(videos: readonly Planned[], context: FlowAheadContext, signal: AbortSignal) {
    this.videos = videos
    this.context = context
    this.signal = signal
    this.total = videos.length
    this.pieces = videos.reduce((sum, { pieces }) => sum + pieces, 0)
  }

  /** Resolves when all videos are through, or when the signal has aborted. */
  async run(): Promise<void> {
    const remaining = this.videos.values()
    const worker = async (): Promise<void> => {
      for (const video of remaining) {
        if (this.signal.aborted) return
        await this.compute(video)
      }
    }
    await Promise.all(Array.from({ length: this.context.parallel }, worker))
  }

  /** One video in one process: each piece goes on where the one before has ended. */
  private async compute({ id, path, pieces }: Planned): Promise<void> {
    let piece = 0
    try {
      for (; piece < pieces; piece++) {
        await this.context.piece(id, piece, this.signal)
        this.piecesDone++
      }
    } catch (error) {
      if (this.signal.aborted) return
      this.piecesDone += pieces - piece
      this.errors++
      const reason = error instanceof Error ? error.message : String(error)
      if (this.errors <= TOLD) this.failures.push(`${path}: ${reason}`)
    }
    this.done++
  }
}

/** The failures not told yet, and how far the pass is. */
function* eventsOf(pass: FlowPass, meter: RateMeter): Generator<JobEvent, void, undefined> {
  for (const message of pass.failures.splice(0)) yield { type: 'warning', message }
  const { done, total, errors, pieces, piecesDone } = pass
  const { rate, secondsLeft } = meter.measure(piecesDone, pieces, performance.now())
  const videosPerSecond = pieces > 0 ? (rate * total) / pieces : 0
  yield {
    type: 'progress',
    phase: 'Computing flow',
    done,
    total,
    errors,
    secondsLeft,
    rate: videosPerSecond,
  }
}
