import { performance } from 'node:perf_hooks'
import { setImmediate as breathe } from 'node:timers/promises'
import type { ClipWindow, CompleteSurveyRequest, MaskScore } from '#shared/contract/mask-windows.ts'
import type { JobEvent } from '#shared/contract/videos.ts'
import { clipSpan, lastStart } from '#shared/fame/clip-window.ts'
import { progressUntil } from '../base/async/progress.ts'
import { RateMeter } from '../base/async/rate-meter.ts'
import type { ScoredWindow } from '../store/mask-queue.ts'
import type { Store } from '../store/store.ts'

/** Scores a commit, and the time that they wait for one in ms: what a killed host loses at most. */
const BATCH = 50
const BATCH_WAIT = 1000

export interface SurveyContext {
  store: Store
  /** How many windows to score at a time. */
  parallel: number
  /** @throws VideoError when the video cannot be read */
  score(window: ClipWindow, signal: AbortSignal): Promise<MaskScore>
  signal?: AbortSignal
}

/**
 * Scores the window in the middle of each readable video. Windows that have a score are left out, so
 * that a survey which was cut off goes on; too short a video counts as an error. Ends with `done`, or
 * without it when it is cancelled by `signal` or by leaving the iteration.
 */
export async function* survey(
  request: CompleteSurveyRequest,
  context: SurveyContext,
): AsyncGenerator<JobEvent, void, undefined> {
  const begun = performance.now()
  const left = new AbortController()
  const signal = context.signal ? AbortSignal.any([context.signal, left.signal]) : left.signal
  const pass = new SurveyPass(await windowsOf(context.store, request, signal), context, signal)
  const work = pass.run()
  try {
    const meter = new RateMeter()
    yield* progressUntil(work, () => [progressOf(pass, meter)])
    await work
    if (signal.aborted) return
    const seconds = (performance.now() - begun) / 1000
    const { total, errors } = pass
    yield { type: 'done', total, errors, seconds, datasetId: null, format: null, warnings: {} }
  } finally {
    left.abort()
    await work.catch(() => undefined)
  }
}

interface Planned {
  windows: ClipWindow[]
  /** Videos that are too short for a window. */
  short: number
}

/** What is to be scored, read page by page. */
async function windowsOf(
  { videos, maskQueue }: Store,
  { datasetId, class: name, frames, stride, again }: CompleteSurveyRequest,
  signal: AbortSignal,
): Promise<Planned> {
  const planned: Planned = { windows: [], short: 0 }
  for (const page of videos.pages({ datasetId, class: name, readable: true })) {
    if (signal.aborted) break
    const scored = new Set(again ? [] : maskQueue.scored(page.map(({ id }) => id)).map(keyOf))
    for (const { id, frames: length } of page) {
      const start = Math.floor(lastStart({ frames, stride }, length ?? 0) / 2)
      const window = { videoId: id, start, frames, stride }
      if ((length ?? 0) < clipSpan({ frames, stride })) planned.short++
      else if (!scored.has(keyOf(window))) planned.windows.push(window)
    }
    await breathe()
  }
  return planned
}

function keyOf({ videoId, start, frames, stride }: ClipWindow): string {
  return `${videoId} ${start} ${frames} ${stride}`
}

class SurveyPass {
  readonly total: number
  done: number
  errors: number
  private readonly windows: ClipWindow[]
  private readonly context: SurveyContext
  private readonly signal: AbortSignal
  private scored: ScoredWindow[] = []
  private written = performance.now()

  constructor({ windows, short }: Planned, context: SurveyContext, signal: AbortSignal) {
    this.windows = windows
    this.context = context
    this.signal = signal
    this.total = windows.length + short
    this.done = short
    this.errors = short
  }

  /** Resolves when all windows are scored, or when the signal has aborted and all is written. */
  async run(): Promise<void> {
    const remaining = this.windows.values()
    const worker = async (): Promise<void> => {
      for (const window of remaining) {
        if (this.signal.aborted) return
        await this.score(window)
      }
    }
    try {
      await Promise.all(Array.from({ length: this.context.parallel }, worker))
    } finally {
      this.write()
    }
  }

  private async score(window: ClipWindow): Promise<void> {
    try {
      // First the score: what waits is another array once it has been written.
      const score = await this.context.score(window, this.signal)
      this.scored.push({ ...window, ...score })
    } catch {
      if (this.signal.aborted) return
      this.errors++
    }
    this.done++
    const isDue = performance.now() - this.written >= BATCH_WAIT
    if (isDue || this.scored.length >= BATCH) this.write()
  }

  private write(): void {
    if (this.scored.length > 0) this.context.store.maskQueue.write(this.scored)
    this.scored = []
    this.written = performance.now()
  }
}

function progressOf({ done, total, errors }: SurveyPass, meter: RateMeter): JobEvent {
  const { rate, secondsLeft } = meter.measure(done, total, performance.now())
  return { type: 'progress', phase: 'Scoring masks', done, total, rate, secondsLeft, errors }
}
