import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { ClipLoader, type Batch } from '#main/trainer/loader/clip-loader.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

const FRAME = 24 * 24 * 3
const CLIP = 4 * FRAME

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

/** The first batch, copied out of the loader's buffers. */
async function load(
  values: Record<string, unknown>,
  views = 2,
): Promise<Pick<Batch, 'views' | 'drawn' | 'plan'>> {
  const plain = { flip: 0, grayscale: 0, jitter: 0, blur: 0, merge: 'none' }
  const config: PretrainConfig = tinyConfig({ ...plain, ...values })
  const loader = new ClipLoader(set.videos, config, () => undefined, { views })
  try {
    for await (const { views, drawn, plan } of loader.batches(0, 1)) {
      return { views: views.map((view) => view.slice()), drawn, plan }
    }
  } finally {
    await loader.close()
  }
  throw new Error('There is no batch.')
}

const clipOf = (views: Float32Array, slot: number): Float32Array =>
  views.subarray(slot * CLIP, (slot + 1) * CLIP)
const frameOf = (clip: Float32Array, t: number): Float32Array =>
  clip.subarray(t * FRAME, (t + 1) * FRAME)

/** Whether a pixel of a frame has the three values of another one. */
function isSame(a: Float32Array, b: Float32Array, pixel: number): boolean {
  return [0, 1, 2].every((c) => Math.abs(a[3 * pixel + c] - b[3 * pixel + c]) < 1e-5)
}

describe('a frame mixed in', () => {
  it('changes the first clip by the λ and frame that were drawn, and no other clip', async () => {
    const plain = await load({})
    const mixed = await load({ frameMix: 0.3 })
    expect(mixed.views[1]).toEqual(plain.views[1])
    for (let slot = 0; slot < 4; slot++) {
      const { frame, lambda } = mixed.drawn[slot][0].mix!
      const x = clipOf(plain.views[0], slot)
      const expected = x.map(
        (value, i) => (1 - lambda) * value + lambda * frameOf(x, frame)[i % FRAME],
      )
      const got = clipOf(mixed.views[0], slot)
      got.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-5))
    }
  })
})

describe('the background', () => {
  const black = Float32Array.from(
    { length: FRAME },
    (_, i) => -kineticsScaling.mean[i % 3] / kineticsScaling.deviation[i % 3],
  )

  it.each(['static', 'none'] as const)(
    '%s is behind every frame of the query alone',
    async (background) => {
      const plain = await load({})
      const merged = await load({ merge: 'query', background })
      expect(merged.views[1]).toEqual(plain.views[1])
      for (let slot = 0; slot < 4; slot++) {
        const drawn = merged.drawn[slot][0].background!
        const partner = clipOf(plain.views[0], merged.plan.partners[0][slot])
        const behind = drawn.kind === 'static' ? frameOf(partner, drawn.frame) : black
        const [own, got] = [plain, merged].map(({ views }) => clipOf(views[0], slot))
        let replaced = 0
        for (let t = 0; t < 4; t++) {
          for (let pixel = 0; pixel < 24 * 24; pixel++) {
            const isOwn = isSame(frameOf(got, t), frameOf(own, t), pixel)
            const isBehind = isSame(frameOf(got, t), behind, pixel)
            expect(isOwn || isBehind).toBe(true)
            if (isBehind && !isOwn) replaced++
          }
        }
        expect(replaced / (4 * 24 * 24)).toBeGreaterThan(0.5)
      }
    },
  )

  it('intra is another clip of the same video, the same whichever other videos there are', async () => {
    const plain = await load({})
    const merged = await load({ merge: 'both', background: 'intra', batch: 4 })
    const other = await load({ merge: 'both', background: 'intra', batch: 4, loaderThreads: 1 })
    expect(merged.views).toEqual(other.views)
    expect(merged.views[1]).not.toEqual(plain.views[1])
    for (let slot = 0; slot < 4; slot++) {
      const [own, got] = [plain, merged].map(({ views }) => clipOf(views[0], slot))
      const kept = Array.from({ length: 24 * 24 }, (_, pixel) => {
        return [0, 1, 2, 3].every((t) => isSame(frameOf(got, t), frameOf(own, t), pixel))
      })
      const share = kept.filter(Boolean).length / (24 * 24)
      expect(share).toBeGreaterThanOrEqual(0.29)
      expect(share).toBeLessThan(1)
    }
  })
})

describe('clips that are not consistent over time', () => {
  it('show each frame in its own crop', async () => {
    const { views, drawn } = await load({ consistent: false, flip: 0.5 })
    const consistent = await load({ flip: 0.5 })
    expect(views[0]).not.toEqual(consistent.views[0])
    expect(drawn.flat().every(({ perFrame }) => perFrame?.length === 4)).toBe(true)
    expect(views[0].every(Number.isFinite)).toBe(true)
  })
})

describe('the interval', () => {
  it.each([2, 3, 4])(
    'of %i clips is that of the law, whichever threads make them',
    async (views) => {
      const values = { interval: 'far', intervalPower: 1 }
      const one = await load({ ...values, loaderThreads: 1 }, views)
      const three = await load({ ...values, loaderThreads: 3 }, views)
      expect(three.views).toEqual(one.views)
      for (const drawn of one.drawn) {
        const starts = drawn.map(({ indices }) => indices[0])
        expect(starts).toHaveLength(views)
        // 20 frames have 14 starts of a clip of 7; far ones are 10 to 13 apart.
        expect(Math.max(...starts) - Math.min(...starts)).toBeGreaterThanOrEqual(10)
      }
    },
  )
})

it('gives the same clips from any step on, whatever the options', async () => {
  const options = {
    ...{ merge: 'both', background: 'intra', frameMix: 0.3, interval: 'increasing' },
    ...{ asymmetric: true, blur: 1, solariseOthers: 1, jitter: 1, colourOrder: 'jitter-first' },
  }
  const config: PretrainConfig = tinyConfig(options)
  const read = async (from: number): Promise<Float32Array[]> => {
    const loader = new ClipLoader(set.videos, config, () => undefined, { views: 3 })
    try {
      const last: Float32Array[] = []
      for await (const { views } of loader.batches(from, 3)) {
        last.splice(0, 3, ...views.map((view) => view.slice()))
      }
      return last
    } finally {
      await loader.close()
    }
  }
  expect(await read(2)).toEqual(await read(0))
})
