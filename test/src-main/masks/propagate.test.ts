import { describe, expect, it } from 'vitest'
import type { CarriedMask, PropagateEvent, PropagateRequest } from '#shared/contract/propagation.ts'
import { propagateRequestSchema } from '#shared/contract/propagation.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { propagate } from '#main/masks/propagate.ts'
import type { CarryRequest } from '#main/masks/jobs/mask-protocol.ts'

const window = { videoId: 1, start: 10, frames: 16, stride: 2 }
const mask = packRuns([5, 3, 4])
const by = { kind: 'flow' } as const
const request: PropagateRequest = { window, frame: 6, mask, from: 0, to: 15, fixed: [], by }

/** Each mask names the frame that it was carried to by its first run. */
function answer({ indices }: CarryRequest): CarriedMask[] {
  return indices.slice(1).map((index) => ({
    mask: packRuns([index, 1]),
    agreement: 1,
    overlap: null,
  }))
}

async function collect(events: AsyncIterable<PropagateEvent>): Promise<PropagateEvent[]> {
  const all: PropagateEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
const framesOf = (events: readonly PropagateEvent[]) =>
  events.flatMap((event) => (event.type === 'frame' ? [event.frame] : []))

describe('propagating', () => {
  it('reaches every other frame once, forwards and backwards, and ends with done', async () => {
    const asked: CarryRequest[] = []
    const carry = (job: CarryRequest) => {
      asked.push(job)
      return Promise.resolve(answer(job))
    }
    const events = await collect(propagate(request, { carry }))
    expect(framesOf(events).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, i) => i).filter((i) => i !== 6),
    )
    expect(events.at(-1)).toEqual({ type: 'done' })
    expect(events.findLast(({ type }) => type === 'progress')).toMatchObject({
      done: 15,
      total: 15,
    })
    // Both begin with the frame that was drawn; each goes on where it was.
    const [forward, backward] = [1, -1].map((way) =>
      asked.filter(({ indices }) => Math.sign(indices[1] - indices[0]) === way),
    )
    expect(forward[0]).toMatchObject({ indices: [22, 24, 26, 28, 30], mask })
    expect(forward[1]).toMatchObject({ indices: [30, 32, 34, 36, 38], mask: packRuns([30, 1]) })
    expect(backward[0].indices).toEqual([22, 20, 18, 16, 14])
    expect(backward[1].indices).toEqual([14, 12, 10])
  })

  it('goes on from masks drawn by hand', async () => {
    const hand = packRuns([7, 5])
    const asked: CarryRequest[] = []
    const carry = (job: CarryRequest) => {
      asked.push(job)
      return Promise.resolve(answer(job))
    }
    await collect(propagate({ ...request, fixed: [{ frame: 10, mask: hand }] }, { carry }))
    expect(asked.find(({ indices }) => indices[0] === 22 && indices[1] === 24)?.fixed).toEqual([
      { index: 30, mask: hand },
    ])
    expect(asked.find(({ indices }) => indices[0] === 30)?.mask).toEqual(hand)
  })

  it('stops both directions when it is cancelled, or left', async () => {
    for (const leave of ['cancel', 'leave'] as const) {
      const controller = new AbortController()
      const signals: AbortSignal[] = []
      const carry = (job: CarryRequest, signal: AbortSignal) => {
        signals.push(signal)
        if (signals.length < 3) return Promise.resolve(answer(job))
        return new Promise<CarriedMask[]>((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('cancelled'))),
        )
      }
      const events: PropagateEvent[] = []
      for await (const event of propagate(request, { carry, signal: controller.signal })) {
        events.push(event)
        if (event.type !== 'frame') continue
        if (leave === 'leave') break
        controller.abort()
      }
      expect(signals.every(({ aborted }) => aborted)).toBe(true)
      expect(events.some(({ type }) => type === 'done')).toBe(false)
    }
  })

  it('ends without an error when it is cancelled while nothing has come yet', async () => {
    const controller = new AbortController()
    const carry = (_job: CarryRequest, signal: AbortSignal) =>
      new Promise<CarriedMask[]>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('cancelled'))),
      )
    setImmediate(() => controller.abort())
    const events = await collect(propagate(request, { carry, signal: controller.signal }))
    expect(events.map(({ type }) => type)).toEqual(['progress'])
  })

  it('fails with the first direction that fails', async () => {
    const carry = () => Promise.reject(new Error('The video cannot be decoded.'))
    await expect(collect(propagate(request, { carry }))).rejects.toThrow('cannot be decoded')
  })
})

it('a request names frames of its clip', () => {
  expect(propagateRequestSchema.safeParse(request).success).toBe(true)
  for (const wrong of [{ to: 16 }, { from: 7 }, { frame: 200 }, { mask: new Uint8Array() }]) {
    expect(propagateRequestSchema.safeParse({ ...request, ...wrong }).success).toBe(false)
  }
})
