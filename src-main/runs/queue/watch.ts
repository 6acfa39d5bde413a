import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { PartialResult, TracePoint } from '#shared/contract/evaluations.ts'
import type { MetricPoint, Progress, RunStatus } from '#shared/contract/runs.ts'
import type { MetricTable } from '../../store/metrics.ts'
import type { LiveState } from './live-state.ts'

export type JobNews<Item> =
  | { type: 'item'; item: Item }
  | { type: 'metrics'; points: MetricPoint[] }
  | { type: 'progress'; progress: Progress }
  | { type: 'strip' | 'pictures'; step: number }
  | { type: 'trace'; trace: TracePoint[] }
  | { type: 'partial'; partial: PartialResult }
  | { type: 'warning'; message: string }

export interface WatchSource<Item> {
  id: number
  item: () => Item
  metrics: MetricTable
  /** Place in the order of its metrics after which they are sent; 0 sends all. */
  from: number
  live: LiveState
}

/** Time that each message takes up, in ms: 10 a second reach a subscriber. */
const PACE = 100
/** Messages that may go ahead of that: what one step brings must not wait for itself. */
const AHEAD = 3
const POINTS_A_MESSAGE = 5000

/**
 * The job as it is, all its metrics, then what changes; ends after the job has ended. Nothing is
 * queued for a subscriber: it remembers its place and reads on from there, so one that falls behind
 * gets larger messages and not more of them.
 */
export async function* watchJob<Item extends { status: RunStatus }>(
  source: WatchSource<Item>,
  signal?: AbortSignal,
): AsyncGenerator<JobNews<Item>, void, undefined> {
  const reader = new NewsReader(source)
  /** Until when the messages so far take up their time. */
  let taken = 0
  while (!signal?.aborted) {
    const beats = source.live.pulse.count
    const { news, ended } = reader.read()
    for (const message of news) yield message
    if (ended) return
    if (news.length === 0) await source.live.pulse.after(beats, signal)
    else {
      taken = Math.max(taken, performance.now()) + news.length * PACE
      await pause(taken - AHEAD * PACE - performance.now(), signal)
    }
  }
}

class NewsReader<Item extends { status: RunStatus }> {
  private readonly source: WatchSource<Item>
  private item: Item | null = null
  private progress: Progress | null = null
  private partial: PartialResult | null = null
  private hasTrace = false
  private readonly shown: Record<'strip' | 'pictures', number | null> = {
    strip: null,
    pictures: null,
  }
  private seq: number
  private warned = 0

  constructor(source: WatchSource<Item>) {
    this.source = source
    this.seq = source.from
  }

  /** What is new since the last call; `ended` when nothing can follow. */
  read(): { news: JobNews<Item>[]; ended: boolean } {
    const { id, live, metrics } = this.source
    const news: JobNews<Item>[] = []
    const item = this.source.item()
    const over = hasEnded(item.status)
    const slice = metrics.after(id, this.seq, POINTS_A_MESSAGE)
    const complete = slice.points.length < POINTS_A_MESSAGE
    const warnings = live.warningsAfter(this.warned)
    if (slice.points.length > 0) news.push({ type: 'metrics', points: slice.points })
    if (warnings.messages.length > 0) {
      news.push({ type: 'warning', message: warnings.messages.join('\n') })
    }
    if (!this.hasTrace && live.trace.length > 1) {
      news.push({ type: 'trace', trace: [...live.trace] })
    }
    this.hasTrace = true
    // Before the count of videos, so that a count is never printed without its score.
    if (live.partial && live.partial !== this.partial) {
      news.push({ type: 'partial', partial: live.partial })
    }
    if (live.progress && live.progress !== this.progress) {
      news.push({ type: 'progress', progress: live.progress })
    }
    for (const type of ['strip', 'pictures'] as const) {
      const step = live[type]
      if (step !== null && step !== this.shown[type]) news.push({ type, step })
      this.shown[type] = step
    }
    // The final state comes last, so that a subscriber may leave when it sees it.
    if (!(over && !complete) && !isDeepStrictEqual(item, this.item)) {
      const place = over ? news.length : 0
      news.splice(place, 0, { type: 'item', item })
      this.item = item
    }
    this.seq = slice.seq
    this.warned = warnings.seen
    this.progress = live.progress
    this.partial = live.partial
    return { news, ended: over && complete }
  }
}

/** Whether a job in this state will not change by itself any more. */
export function hasEnded(status: RunStatus): boolean {
  return status === 'done' || status === 'stopped' || status === 'failed' || status === 'paused'
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return
  // An abort only ends the pause early.
  await delay(milliseconds, undefined, { signal }).catch(() => undefined)
}
