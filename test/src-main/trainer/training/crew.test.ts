import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Collective } from '#main/trainer/collective/collective.ts'
import type { PretrainJob } from '#main/trainer/process/messages.ts'
import { Crew } from '#main/trainer/training/crew.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Values } from '#shared/methods/method.ts'

let own: string
beforeAll(() => (own = mkdtempSync(join(tmpdir(), 'fame-crew-'))))
afterAll(() => rmSync(own, { recursive: true }))

function job(changes: Values = {}): PretrainJob {
  const config = completeConfig({ batch: 8, knnEvery: 5, tensorboard: true, ...changes })
  const videos = { file: `${own}/videos.jsonl`, root: '/videos' }
  return { kind: 'pretrain', folder: '/run', config, videos, resume: true }
}

/** Ranks that say the same, and a broadcast that says what rank 0 has said. */
function ranks(rank: number, size: number, said: { bytes?: Uint8Array } = {}): Collective {
  return {
    rank,
    size,
    sum: (values) => values.forEach((value, i) => (values[i] = value * size)),
    gather: (values) => Float32Array.from(Array.from({ length: size }, () => [...values]).flat()),
    allocate: (length) => new Float32Array(new SharedArrayBuffer(4 * length)),
    startSum: () => ({ wait: () => undefined }),
    broadcast: (bytes) => (said.bytes = rank === 0 ? bytes : said.bytes!),
    close: () => Promise.resolve(),
  }
}

describe('a crew', () => {
  it('leaves the job of one process and of rank 0 as it is', () => {
    expect(new Crew(job(), null).job).toEqual(job())
    expect(new Crew(job(), ranks(0, 2)).job).toEqual(job())
  })

  it('lets a follower measure and keep nothing, in a folder of its own that goes away', () => {
    const crew = new Crew(job(), ranks(1, 2))
    expect(crew.isHead).toBe(false)
    const { folder, config, resume } = crew.job
    expect({ folder, resume }).toEqual({ folder: `${own}/follower`, resume: false })
    expect(config).toMatchObject({ knnEvery: 0, tensorboard: false, batch: 8 })
    mkdirSync(folder)
    crew.close()
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(own)).toBe(true)
  })

  it('refuses a batch that the processes cannot share, and a method that looks at all of it', () => {
    expect(() => new Crew(job({ method: 'rotation', batch: 9 }), ranks(0, 2))).toThrow(
      '2 processes cannot share batches of 9 clips: their number must divide it. Start it with another number of processes.',
    )
    expect(() => new Crew(job({ method: 'cluster' }), ranks(0, 2))).toThrow(
      'DeepCluster trains in one process only. Start it with another number of processes.',
    )
  })

  it('hands what rank 0 goes on from to the others', () => {
    const said = {}
    const state = new Map([['weight', { shape: [2], data: Float32Array.of(1, 2) }]])
    const head = new Crew(job(), ranks(0, 2, said))
    expect(head.goOnFrom({ step: 7, state: () => state }, () => undefined)).toBe(7)
    const follower = new Crew(job(), ranks(1, 2, said))
    const loaded: unknown[] = []
    const own = { step: 0, state: () => new Map() }
    expect(follower.goOnFrom(own, (found) => loaded.push(found))).toBe(7)
    expect(loaded).toEqual([state])
    follower.close()
  })

  it('joins masks, and stops when rank 0 is asked to', () => {
    const masks = { fame: 3, corrected: 1, approved: 0, redrawn: 2 }
    const asked = { stopRequested: true, masks }
    expect(new Crew(job(), ranks(0, 2)).settle(asked)).toEqual({
      stopRequested: true,
      masks: { fame: 6, corrected: 2, approved: 0, redrawn: 4 },
      warnings: [],
    })
    const follower = new Crew(job(), ranks(1, 2))
    expect(follower.settle(asked).stopRequested).toBe(false)
    follower.close()
  })

  it('hands warnings of all processes over at the end of a step, once', () => {
    const crew = new Crew(job(), ranks(1, 2))
    crew.warn('a.avi cannot be read: “é”.')
    const masks = { fame: 0, corrected: 0, approved: 0, redrawn: 0 }
    const settle = () => crew.settle({ stopRequested: false, masks }).warnings
    // Both ranks say the same here.
    expect(settle()).toEqual(['a.avi cannot be read: “é”.', 'a.avi cannot be read: “é”.'])
    expect(settle()).toEqual([])
  })

  it('fails where a process has other weights', () => {
    const weights = Float32Array.of(1, 2, 3)
    const crew = new Crew(job(), ranks(0, 2))
    expect(() => crew.compare(5, () => weights)).not.toThrow()
    const other = ranks(0, 2)
    other.gather = (values) => Float32Array.of(...values, ...values.map((value) => value + 1))
    expect(() => new Crew(job(), other).compare(5, () => weights)).toThrow(
      'At step 5 process 1 has other weights than process 0.',
    )
  })
})
