import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClipLoader, type Batch } from '#main/trainer/loader/clip-loader.ts'
import { planStep } from '#main/trainer/loader/plan.ts'
import { mostPlaces, planShare } from '#main/trainer/loader/plan-share.ts'
import { addMasks, noMasks } from '#main/trainer/telemetry/mask-tally.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

const borrowing = [
  { view: 0, partnersOf: 0 },
  { view: 1, partnersOf: 1 },
]

describe('the part of a batch that a process takes', () => {
  it('is the whole batch for one process', () => {
    const plan = planStep(3, { seed: 1, videos: 20, batch: 6 })
    const share = planShare(plan, { rank: 0, size: 1 }, borrowing)
    expect(share).toMatchObject({ own: 6, videos: plan.videos, partners: plan.partners })
    expect(share.lends.flat()).toEqual([])
  })

  it('has every place of the batch once, and each partner that it borrows from', () => {
    fc.assert(
      fc.property(
        fc.record({ seed: fc.nat(), size: fc.integer({ min: 1, max: 4 }) }),
        fc.integer({ min: 1, max: 5 }),
        ({ seed, size }, own) => {
          fc.pre(size * own > 1)
          const batch = size * own
          const plan = planStep(seed % 7, { seed, videos: 40, batch })
          const shares = Array.from({ length: size }, (_, rank) =>
            planShare(plan, { rank, size }, borrowing),
          )
          const taken = shares.flatMap((share) => [...share.videos.subarray(0, own)])
          expect(taken).toEqual([...plan.videos])
          shares.forEach((share, rank) => {
            expect(share.videos.length).toBeLessThanOrEqual(
              mostPlaces(batch, { rank, size }, borrowing),
            )
            for (const { view, partnersOf } of borrowing) {
              for (let i = 0; i < own; i++) {
                const place = share.partners[partnersOf][i]
                const partner = plan.partners[partnersOf][rank * own + i]
                expect(share.videos[place]).toBe(plan.videos[partner])
                expect(place < own || share.lends[place].includes(view)).toBe(true)
              }
            }
          })
        },
      ),
    )
  })
})

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

async function load(config: PretrainConfig, share: { rank: number; size: number }): Promise<Batch> {
  const loader = new ClipLoader(set.videos, config, () => {}, { share })
  try {
    for await (const batch of loader.batches(1, 2)) {
      return { ...batch, views: batch.views.map((clips) => clips.slice()) }
    }
    throw new Error('There is no batch.')
  } finally {
    await loader.close()
  }
}

describe('the clips of two processes together', () => {
  it.each(['inter', 'static', 'intra', 'none'] as const)(
    'are those of one, with backgrounds of kind %s',
    async (background) => {
      const config = tinyConfig({ merge: 'both', background, loaderThreads: 2 })
      const whole = await load(config, { rank: 0, size: 1 })
      const parts = await Promise.all([0, 1].map((rank) => load(config, { rank, size: 2 })))
      whole.views.forEach((clips, view) => {
        const joined = parts.flatMap(({ views }) => [...views[view]])
        expect(Float32Array.from(joined)).toEqual(clips)
      })
      expect(parts.flatMap(({ drawn }) => drawn)).toEqual(whole.drawn)
      const masks = noMasks()
      for (const part of parts) addMasks(masks, part.masks)
      expect(masks).toEqual(whole.masks)
    },
  )
})
