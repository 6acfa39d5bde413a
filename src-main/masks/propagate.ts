import type { CarriedMask, PropagateEvent, PropagateRequest } from '#shared/contract/propagation.ts'
import { RateMeter } from '../base/async/rate-meter.ts'
import type { CarryRequest } from './jobs/mask-protocol.ts'

/** Frames that are carried to in one job: what a cancelled propagation decodes in vain at most. */
const TOGETHER = 4

export interface PropagateContext {
  /** Carries a mask along frames of the video, in a process. */
  carry: (request: CarryRequest, signal: AbortSignal) => Promise<CarriedMask[]>
  signal?: AbortSignal
}

/**
 * Carries the mask of a frame forwards and backwards at the same time; gives each frame as soon as it
 * is made. Ends after `done`, or without it when `signal` aborts or the iteration is left.
 * @throws VideoError when the video cannot be decoded
 */
export async function* propagate(
  request: PropagateRequest,
  { carry, signal: outer }: PropagateContext,
): AsyncGenerator<PropagateEvent, void, undefined> {
  const { frame, from, to } = request
  const left = new AbortController()
  const signal = outer ? AbortSignal.any([outer, left.signal]) : left.signal
  const ready = new Channel()
  const lanes = [range(frame, to), range(frame, from)].map((frames) =>
    carryAlong(request, frames, { carry: (job) => carry(job, signal), ready }),
  )
  const all = Promise.all(lanes).finally(() => ready.end())
  // It is awaited below; until then its failure waits.
  all.catch(() => undefined)
  const meter = new RateMeter()
  const total = to - from
  try {
    yield progress(meter, 0, total)
    let done = 0
    for await (const events of ready.pieces()) {
      if (signal.aborted) return
      yield* events
      done += events.length
      yield progress(meter, done, total)
    }
    await all
    if (!signal.aborted) yield { type: 'done' }
  } catch (error) {
    // The work that was cancelled fails with that.
    if (!signal.aborted) throw error
  } finally {
    left.abort()
  }
}

/** How far it is, once it carries. */
export function progress(meter: RateMeter, done: number, total: number): PropagateEvent {
  const { secondsLeft } = meter.measure(done, total, performance.now())
  return { type: 'progress', phase: 'carrying', done, total, secondsLeft }
}

/** Frames from the first to the last, in this order. */
function range(first: number, last: number): number[] {
  const step = Math.sign(last - first) || 1
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, i) => first + i * step)
}

async function carryAlong(
  { window, mask: drawn, fixed }: PropagateRequest,
  frames: readonly number[],
  on: { carry: (job: CarryRequest) => Promise<CarriedMask[]>; ready: Channel },
): Promise<void> {
  const indexOf = (frame: number) => window.start + frame * window.stride
  const hands = new Map(fixed.map(({ frame, mask }) => [frame, mask]))
  let mask = drawn
  for (let at = 0; at + 1 < frames.length; at += TOGETHER) {
    const part = frames.slice(at, at + TOGETHER + 1)
    const known = part.slice(1).flatMap((frame) => {
      const hand = hands.get(frame)
      return hand ? [{ index: indexOf(frame), mask: hand }] : []
    })
    const carried = await on.carry({ indices: part.map(indexOf), mask, fixed: known })
    on.ready.push(carried.map((one, i) => ({ type: 'frame', frame: part[i + 1], ...one })))
    mask = hands.get(part[part.length - 1]) ?? carried[carried.length - 1].mask
  }
}

/** Hands on what two lanes of work make, in the order in which they make it. */
class Channel {
  private waiting: PropagateEvent[][] = []
  private ended = false
  private wake: () => void = () => undefined

  push(events: PropagateEvent[]): void {
    this.waiting.push(events)
    this.wake()
  }

  end(): void {
    this.ended = true
    this.wake()
  }

  async *pieces(): AsyncGenerator<PropagateEvent[], void, undefined> {
    for (;;) {
      const next = this.waiting.shift()
      if (next) yield next
      else if (this.ended) return
      else await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }
}
