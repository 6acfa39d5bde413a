import { truncateSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { Rng } from '#shared/random/rng.ts'
import { ClipLoader } from '#main/trainer/loader/clip-loader.ts'
import { planStep } from '#main/trainer/loader/plan.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import type { TrainerVideo } from '#main/trainer/process/messages.ts'
import { drawClip } from '#main/video/clip-sampling.ts'
import { VideoReader } from '#main/video/reader.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

interface Batches {
  query: Float32Array[]
  key: Float32Array[]
  warnings: string[]
}

async function load(
  config: PretrainConfig,
  from: number,
  to: number,
  videos: TrainerVideo[] = set.videos,
): Promise<Batches> {
  const result: Batches = { query: [], key: [], warnings: [] }
  const loader = new ClipLoader(videos, config, (message) => result.warnings.push(message))
  try {
    for await (const { views } of loader.batches(from, to)) {
      const [query, key] = views
      result.query.push(query.slice())
      result.key.push(key.slice())
    }
  } finally {
    await loader.close()
  }
  return result
}

/** No augmentation left but the place in time: whole frames at their own size. */
const plain = (values: Partial<PretrainConfig> = {}): PretrainConfig =>
  tinyConfig({ flip: 0, grayscale: 0, jitter: 0, blur: 0, merge: 'none', ...values })

describe('ClipLoader', () => {
  it('gives normalised pixels of the planned frames when nothing augments', async () => {
    const config = plain({ cropScaleMin: 1 })
    const { query } = await load(config, 0, 1)
    const plan = planStep(0, { seed: config.seed, videos: 8, batch: 4 })
    // The crop of a whole 48x36 frame: ratio 4/3 fits as it is, others fall back to the largest.
    const video = set.videos[plan.videos[0]]
    const indices = drawClip(new Rng(plan.seeds[0]), 20, config)
    const reader = VideoReader.open(video.path)
    const { data } = reader.readFrames(indices)
    reader.close()
    // Centre pixel of each frame, computed here from the four pixels around it.
    const clip = query[0].subarray(0, 4 * 24 * 24 * 3)
    for (let t = 0; t < 4; t++) {
      for (let c = 0; c < 3; c++) {
        const value =
          clip[((t * 24 + 12) * 24 + 12) * 3 + c] * kineticsScaling.deviation[c] +
          kineticsScaling.mean[c]
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
        const near = [17, 18, 19].flatMap((y) =>
          [22, 23, 24, 25].map((x) => data[((t * 36 + y) * 48 + x) * 3 + c] / 255),
        )
        expect(value).toBeGreaterThanOrEqual(Math.min(...near) - 1e-6)
        expect(value).toBeLessThanOrEqual(Math.max(...near) + 1e-6)
      }
    }
  })

  it('scales colours as the encoder wants them, after they were changed', async () => {
    const usual = await load(tinyConfig(), 0, 1)
    const unit = await load(tinyConfig({ model: 'r3d_50_narrow' }), 0, 1)
    unit.query[0].forEach((value, i) => {
      const colour = usual.query[0][i] * kineticsScaling.deviation[i % 3]
      expect(Math.abs(value - colour - kineticsScaling.mean[i % 3])).toBeLessThan(1e-5)
    })
  })

  it('gives the same batches whatever the number of threads, and from any step on', async () => {
    const all = await load(tinyConfig({ loaderThreads: 1 }), 0, 4)
    const threads = await load(tinyConfig({ loaderThreads: 3 }), 0, 4)
    const rest = await load(tinyConfig({ loaderThreads: 2 }), 2, 4)
    expect(threads.query).toEqual(all.query)
    expect(threads.key).toEqual(all.key)
    expect(rest.query).toEqual(all.query.slice(2))
    expect(rest.key).toEqual(all.key.slice(2))
    expect(all.query[1]).not.toEqual(all.query[0])
  })

  it('replaces the background of the query by its partner, and leaves the key alone', async () => {
    const none = await load(plain(), 0, 1)
    const fame = await load(plain({ merge: 'query' }), 0, 1)
    expect(fame.key).toEqual(none.key)
    const { partners } = planStep(0, { seed: 1, videos: 8, batch: 4 })
    const length = 4 * 24 * 24 * 3
    for (let slot = 0; slot < 4; slot++) {
      const own = none.query[0].subarray(slot * length, (slot + 1) * length)
      const partner = partners[0][slot]
      const other = none.query[0].subarray(partner * length, (partner + 1) * length)
      const merged = fame.query[0].subarray(slot * length, (slot + 1) * length)
      // One mask for all frames: each pixel comes from the same clip in every frame.
      let kept = 0
      for (let pixel = 0; pixel < 24 * 24; pixel++) {
        const same = (source: Float32Array): boolean =>
          [0, 1, 2, 3].every((t) =>
            [0, 1, 2].every((c) => {
              const i = (t * 576 + pixel) * 3 + c
              return Math.abs(source[i] - merged[i]) < 1e-6
            }),
          )
        expect(same(own) || same(other)).toBe(true)
        if (same(own) && !same(other)) kept++
      }
      expect(kept).toBeGreaterThan(0.2 * 576)
      expect(kept).toBeLessThanOrEqual(Math.trunc(0.3 * 576))
    }
  })

  it('merges both clips when asked to', async () => {
    const none = await load(plain(), 0, 1)
    const both = await load(plain({ merge: 'both' }), 0, 1)
    expect(both.key).not.toEqual(none.key)
    expect(both.query).toEqual((await load(plain({ merge: 'query' }), 0, 1)).query)
  })

  it('takes the next video for one that is damaged, says so once and goes on', async () => {
    const broken = await writeTinySet(8)
    try {
      writeFileSync(broken.videos[3].path, 'this is no video')
      truncateSync(broken.videos[5].path, 0)
      const { query, warnings } = await load(tinyConfig(), 0, 6, broken.videos)
      expect(query).toHaveLength(6)
      expect(query.every((batch) => batch.every(Number.isFinite))).toBe(true)
      expect(warnings).toHaveLength(2)
      expect(warnings.join()).toMatch(/v_3\.avi is left out/)
      expect(warnings.join()).toMatch(/v_5\.avi is left out/)
    } finally {
      broken.remove()
    }
  })

  it('fails with what to do when no video can be read', async () => {
    const broken = await writeTinySet(4)
    try {
      for (const video of broken.videos) truncateSync(video.path, 0)
      await expect(load(tinyConfig(), 0, 1, broken.videos)).rejects.toThrow(
        /No training video can be read\. Index the data set again\./,
      )
    } finally {
      broken.remove()
    }
  })

  it('closes while batches are under way without ending a thread that decodes', async () => {
    for (let i = 0; i < 5; i++) {
      const loader = new ClipLoader(set.videos, tinyConfig({ seed: i }), () => undefined)
      const batches = loader.batches(0, 8)
      await batches.next()
      await loader.close()
      const rest = async (): Promise<void> => {
        while (!(await batches.next()).done);
      }
      await expect(rest()).rejects.toThrow(/The loader is closing/)
    }
  })
})
