import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { viewsOf } from '#shared/methods/index.ts'
import { completeConfig, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { plannedSteps } from '#shared/config/steps.ts'
import { storedConfig } from '#shared/config/old-settings.ts'
import { allocateBatch } from '#main/trainer/loader/batch-buffers.ts'
import { clipLength, type SlotTask } from '#main/trainer/loader/batch-task.ts'
import { ClipLoader, type Batch } from '#main/trainer/loader/clip-loader.ts'
import { placesByVideo } from '#main/trainer/loader/places-by-video.ts'
import { prepareChunk } from '#main/trainer/loader/prepare-chunk.ts'
import { VideoSource } from '#main/trainer/loader/video-source.ts'
import { planCache } from '#main/video/plan-cache.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

async function load(config: PretrainConfig, share?: { rank: number; size: number }) {
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

/** The clip of a place. */
function clipOf({ views }: Pick<Batch, 'views'>, view: number, slot: number, length: number) {
  return views[view].subarray(slot * length, (slot + 1) * length)
}

/** Counts how often a video is opened. */
class CountedSource extends VideoSource {
  reads = 0

  override read: VideoSource['read'] = (...args) => {
    this.reads++
    return super.read(...args)
  }
}

describe('a video that takes several places of a batch', () => {
  const wide = { merge: 'none', loaderThreads: 2 }

  it('has in the first place the clips that it would have alone, and others in the next', async () => {
    const config = tinyConfig({ ...wide, batch: 8, repeats: 2 })
    const many = await load(config)
    const one = await load(tinyConfig({ ...wide, batch: 4 }))
    const length = clipLength(config)
    expect([...many.videos]).toEqual([...one.videos].flatMap((video) => [video, video]))
    for (const view of [0, 1]) {
      for (let slot = 0; slot < 4; slot++) {
        const first = clipOf(many, view, 2 * slot, length)
        expect(first).toEqual(clipOf(one, view, slot, length))
        expect(clipOf(many, view, 2 * slot + 1, length)).not.toEqual(first)
      }
    }
  })

  it('is merged with other videos alone, in two processes as in one', async () => {
    const config = tinyConfig({ merge: 'both', batch: 8, repeats: 2, loaderThreads: 2 })
    const whole = await load(config)
    for (const partners of whole.plan.partners) {
      partners.forEach((partner, slot) => {
        expect(whole.videos[partner]).not.toBe(whole.videos[slot])
      })
    }
    const parts = await Promise.all([0, 1].map((rank) => load(config, { rank, size: 2 })))
    whole.views.forEach((clips, view) => {
      const joined = parts.flatMap(({ views }) => [...views[view]])
      expect(Float32Array.from(joined)).toEqual(clips)
    })
  })

  it('is opened once for all of its places', async () => {
    const config = tinyConfig({ merge: 'none', batch: 6, repeats: 3, queue: 12 })
    const [views, length] = [viewsOf(config).length, clipLength(config)]
    const slots = Array.from({ length: 6 }, (_, slot): SlotTask => {
      const seeds = Array.from({ length: views }, (_, view) => 10 * slot + view)
      return { slot, video: slot < 3 ? 2 : 5, seeds, partners: [0, 0], lends: null, decoded: null }
    })
    const prepare = async (own: SlotTask[]) => {
      const buffers = allocateBatch(config, viewsOf(config))
      const source = new CountedSource({
        ...{ videos: set.videos, known: new Map(), keep: false },
        ...{ plans: planCache(1e6), disk: null },
      })
      const task = { config, roles: viewsOf(config), made: null, buffers, chunks: 1, keep: false }
      await prepareChunk({ ...task, slots: own }, source, () => {})
      return { clips: buffers.out.map((out) => new Float32Array(out)), reads: source.reads }
    }
    const together = await prepare(slots)
    expect(together.reads).toBe(2)
    for (const slot of slots) {
      const alone = await prepare([slot])
      alone.clips.forEach((clips, view) => {
        const at = [slot.slot * length, (slot.slot + 1) * length] as const
        expect(together.clips[view].subarray(...at)).toEqual(clips.subarray(...at))
      })
    }
  })

  it('shares no pass with a place that lends a background', () => {
    const slots = [
      { video: 1, lends: null },
      { video: 1, lends: null },
      { video: 1, lends: [0] },
      { video: 2, lends: null },
      { video: 1, lends: null },
    ]
    expect(placesByVideo(slots).map(({ length }) => length)).toEqual([2, 1, 1, 1])
  })
})

describe('the setting', () => {
  it('lengthens an epoch, and is off in older runs', () => {
    const config = { epochs: 10, batch: 8, accumulate: 1, dropLast: true, repeats: 2 }
    expect(plannedSteps(config, 20)).toBe(50)
    expect(plannedSteps({ ...config, repeats: 1 }, 20)).toBe(20)
    expect(storedConfig({ method: 'moco' }).repeats).toBe(1)
  })

  it('wants a batch of several videos', () => {
    expect(() => completeConfig({ batch: 9, repeats: 2 })).toThrow('such as 10')
    // The nearest multiple, 4,098, would be refused.
    expect(() => completeConfig({ batch: 4096, repeats: 3 })).toThrow('such as 4095')
    expect(() => completeConfig({ batch: 4095, repeats: 16 })).toThrow('such as 4096')
    expect(() => completeConfig({ batch: 4, repeats: 4 })).toThrow('such as 8')
    expect(completeConfig({ batch: 8, repeats: 4 })).toMatchObject({ repeats: 4 })
  })
})
