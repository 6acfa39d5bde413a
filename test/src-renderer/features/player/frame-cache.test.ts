import { describe, expect, it } from 'vitest'
import {
  FrameCache,
  wantedFrames,
} from '../../../../src-renderer/src/features/player/frame-cache.ts'

const forward = { direction: 1, count: 100, loop: false } as const

/** Frames that come when the test says so. */
function controlled(options: { concurrency?: number; ahead?: number; capacity?: number } = {}) {
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  const asked: number[] = []
  const disposed: string[] = []
  const loaded: number[] = []
  const errors: number[] = []
  const cache = new FrameCache<string>({
    concurrency: 2,
    ahead: 3,
    behind: 1,
    ...options,
    load: (index, signal) =>
      new Promise((resolve, reject) => {
        asked.push(index)
        signal.addEventListener('abort', () => {
          waiting.delete(index)
          reject(signal.reason)
        })
        waiting.set(index, { resolve: () => resolve(`frame ${index}`), reject })
      }),
    dispose: (frame) => disposed.push(frame),
    onLoad: (index) => loaded.push(index),
    onError: (index) => errors.push(index),
  })
  async function finish(index: number, error?: Error) {
    const entry = waiting.get(index)
    waiting.delete(index)
    if (error) entry?.reject(error)
    else entry?.resolve()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { cache, asked, disposed, loaded, errors, waiting, finish }
}

describe('wantedFrames', () => {
  it('names the frame itself, those ahead, then those behind', () => {
    expect(wantedFrames({ ...forward, index: 5 }, 3, 2)).toEqual([5, 6, 7, 8, 4, 3])
    expect(wantedFrames({ ...forward, index: 5, direction: -1 }, 2, 1)).toEqual([5, 4, 3, 6])
  })

  it('ends at the ends of the video, or goes round in a loop', () => {
    expect(wantedFrames({ ...forward, index: 98 }, 3, 1)).toEqual([98, 99, 97])
    expect(wantedFrames({ ...forward, index: 98, loop: true }, 3, 1)).toEqual([98, 99, 0, 1, 97])
    expect(wantedFrames({ index: 0, direction: 1, count: 2, loop: true }, 5, 2)).toEqual([0, 1])
  })
})

describe('FrameCache', () => {
  it('asks for the frame in sight first and for no more at once than allowed', async () => {
    const { cache, asked, finish } = controlled()
    cache.focus({ ...forward, index: 10 })
    expect(asked).toEqual([10, 11])
    await finish(10)
    expect(asked).toEqual([10, 11, 12])
    expect(cache.get(10)).toBe('frame 10')
  })

  it('gives up frames that are no longer wanted, and keeps those that are', async () => {
    const { cache, asked, waiting, finish, loaded } = controlled()
    cache.focus({ ...forward, index: 10 })
    cache.focus({ ...forward, index: 11 })
    expect([...waiting.keys()]).toContain(11)
    cache.focus({ ...forward, index: 50 })
    expect(asked.slice(-2)).toEqual([50, 51])
    await finish(50)
    expect(loaded).toEqual([50])
  })

  it('lets the frame in sight go before frames fetched in advance', () => {
    const { cache, waiting } = controlled({ ahead: 5 })
    cache.focus({ ...forward, index: 10 })
    cache.focus({ ...forward, index: 9 })
    expect([...waiting.keys()].toSorted((a, b) => a - b)).toEqual([9, 10])
  })

  it('does not fetch a frame twice', async () => {
    const { cache, asked, finish } = controlled({ ahead: 0 })
    cache.focus({ ...forward, index: 3, count: 4 })
    await finish(3)
    await finish(2)
    cache.focus({ ...forward, index: 3, count: 4 })
    expect(asked).toEqual([3, 2])
  })

  it('reports a frame that fails and goes on, and tries it again when it is looked at', async () => {
    const { cache, asked, errors, finish } = controlled()
    cache.focus({ ...forward, index: 0 })
    await finish(1, new Error('cannot decode'))
    expect(errors).toEqual([1])
    expect(cache.isSettled(1)).toBe(true)
    expect(cache.has(1)).toBe(false)
    cache.focus({ ...forward, index: 1 })
    expect(asked.filter((index) => index === 1)).toHaveLength(2)
  })

  it('frees the frames that make room, and all in the end', async () => {
    const { cache, disposed, finish } = controlled({ capacity: 2, ahead: 0 })
    for (const index of [0, 10, 20, 30]) {
      cache.focus({ ...forward, index })
      await finish(index)
    }
    expect(disposed).toEqual(['frame 0', 'frame 10'])
    cache.clear()
    expect(disposed.toSorted()).toEqual(['frame 0', 'frame 10', 'frame 20', 'frame 30'])
  })
})

describe('frames off the usual way', () => {
  it('are wanted along a path, round and round', () => {
    const path = [10, 12, 14, 16]
    const focus = { index: 14, direction: 1, count: 100, loop: true, path } as const
    expect(wantedFrames(focus, 2, 1)).toEqual([14, 16, 10, 12])
  })

  it('are not fetched in advance while the position moves fast', () => {
    const { cache, asked, waiting } = controlled({ concurrency: 9 })
    cache.focus({ ...forward, index: 40, passing: true })
    expect(asked).toEqual([40])
    cache.focus({ ...forward, index: 60, passing: true })
    expect([...waiting.keys()]).toEqual([60])
  })

  it('serve until the right one is there', async () => {
    const { cache, finish } = controlled()
    expect(cache.nearest(5)).toBeNull()
    cache.focus({ ...forward, index: 10 })
    await finish(10)
    await finish(11)
    expect(cache.nearest(90)).toEqual({ index: 11, frame: 'frame 11' })
    expect(cache.nearest(3)).toEqual({ index: 10, frame: 'frame 10' })
  })

  it('take the place of a request for the same frame, and are freed where it is here already', async () => {
    const { cache, waiting, disposed } = controlled()
    cache.focus({ ...forward, index: 10 })
    cache.add(10, 'another')
    expect(waiting.has(10)).toBe(false)
    expect(cache.get(10)).toBe('another')
    cache.add(10, 'a third')
    expect(disposed).toEqual(['a third'])
  })
})
