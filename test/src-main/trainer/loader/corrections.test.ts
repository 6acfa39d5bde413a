import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import { carryMask } from '#shared/masks/geometry.ts'
import type { Mask } from '#shared/masks/mask.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { Rng } from '#shared/random/rng.ts'
import { drawAllowedClip } from '#main/trainer/loader/allowed-clip.ts'
import { ClipLoader } from '#main/trainer/loader/clip-loader.ts'
import { planStep, type StepPlan } from '#main/trainer/loader/plan.ts'
import { drawCut } from '#main/trainer/loader/transforms/draw-augmentation.ts'
import { addMasks, noMasks } from '#main/trainer/telemetry/mask-tally.ts'
import type { ListedWindow, TrainerVideo } from '#main/trainer/process/messages.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

// 20 frames of 48 x 36 pixels each; clips of 4 frames at stride 2 span 7 and have 14 starts.
const LENGTH = 20
const SIDE = 24

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())

const config = (values: Partial<PretrainConfig> = {}): PretrainConfig =>
  tinyConfig({ grayscale: 0, jitter: 0, blur: 0, loaderThreads: 2, ...values })

const window = (start: number, values: Partial<ListedWindow>): ListedWindow => ({
  start,
  frames: 4,
  stride: 2,
  state: 'corrected',
  changedAt: '2026-01-01T00:00:00.000Z',
  ...values,
})

/** A foreground like none that FAME makes: most of the frame, in the upper left. */
const drawn: Mask = {
  data: Uint8Array.from({ length: 36 * 48 }, (_, i) => (i % 48 < 40 && i < 48 * 26 ? 1 : 0)),
  height: 36,
  width: 48,
}
const listed = ({ data, height, width }: Mask): ListedWindow['mask'] => {
  const runs = Buffer.from(packRuns(encodeRuns(data))).toString('base64')
  return { height, width, runs }
}

/** A window that every clip of a video overlaps. */
const everywhere = (values: Partial<ListedWindow>): ListedWindow =>
  window(0, { frames: 20, stride: 1, ...values })

const allVideos = (values: Pick<TrainerVideo, 'beta' | 'windows'>): TrainerVideo[] =>
  set.videos.map((video) => ({ ...video, ...values }))

interface Loaded {
  /** [B, T, S, S, 3] of each step. */
  query: Float32Array[]
  key: Float32Array[]
  masks: MaskUse
  warnings: string[]
}

async function load(values: Partial<PretrainConfig>, videos: TrainerVideo[], steps = 1) {
  const loaded: Loaded = { query: [], key: [], masks: noMasks(), warnings: [] }
  const loader = new ClipLoader(videos, config(values), (text) => loaded.warnings.push(text))
  try {
    for await (const { views, masks } of loader.batches(0, steps)) {
      const [query, key] = views
      loaded.query.push(query.slice())
      loaded.key.push(key.slice())
      addMasks(loaded.masks, masks)
    }
  } finally {
    await loader.close()
  }
  return loaded
}

const plan = (): StepPlan => planStep(0, { seed: config().seed, videos: 8, batch: 4 })

/** Per pixel of a query's first frame whether it is the slot's own clip, as `merge: none` gives it. */
function keptPixels(merged: Loaded, plain: Loaded, slot: number): (0 | 1 | null)[] {
  const length = 4 * SIDE * SIDE * 3
  const partner = plan().partners[0][slot]
  return Array.from({ length: SIDE * SIDE }, (_, pixel) => {
    const at = (clips: Loaded, of: number): number[] =>
      [0, 1, 2].map((c) => clips.query[0][of * length + pixel * 3 + c])
    const is = (other: number[]): boolean =>
      other.every((value, c) => Math.abs(value - at(merged, slot)[c]) < 1e-6)
    const [own, other] = [is(at(plain, slot)), is(at(plain, partner))]
    return own && other ? null : own ? 1 : other ? 0 : null
  })
}

describe('a corrected mask', () => {
  it('cuts the merged clip, carried through its crop and flip', async () => {
    const videos = allVideos({ windows: [everywhere({ mask: listed(drawn) })] })
    const plain = await load({ merge: 'none' }, videos)
    const merged = await load({ merge: 'query' }, videos)
    expect(merged.masks).toEqual({ fame: 0, corrected: 4, approved: 0, redrawn: 0 })
    expect(merged.key).toEqual(plain.key)
    const { seeds } = plan()
    for (let slot = 0; slot < 4; slot++) {
      const rng = new Rng(seeds[2 * slot])
      drawAllowedClip(rng, LENGTH, config())
      const expected = carryMask(drawn, drawCut(rng, drawn, config()), SIDE)
      const kept = keptPixels(merged, plain, slot)
      const told = kept.filter((value) => value !== null)
      expect(told.length).toBeGreaterThan(400)
      kept.forEach((value, pixel) => {
        if (value !== null) expect(value).toBe(expected[pixel])
      })
    }
  })

  it('counts for clips that overlap its window by half or more, and for no others', async () => {
    const mask = listed(drawn)
    const [start] = drawAllowedClip(new Rng(plan().seeds[0]), LENGTH, config()).indices
    const near = start < 7 ? start + 3 : start - 3
    const far = start < 7 ? start + 4 : start - 4
    const count = async (at: number): Promise<MaskUse> => {
      const videos = [...set.videos]
      const first = plan().videos[0]
      videos[first] = { ...videos[first], windows: [window(at, { mask })] }
      return (await load({}, videos)).masks
    }
    expect(await count(near)).toEqual({ fame: 3, corrected: 1, approved: 0, redrawn: 0 })
    expect(await count(far)).toEqual({ fame: 4, corrected: 0, approved: 0, redrawn: 0 })
  })

  it('is counted as approved when it is, in both branches when both are merged', async () => {
    const windows = [everywhere({ state: 'approved', mask: listed(drawn) })]
    const { masks } = await load({ merge: 'both' }, allVideos({ windows }), 2)
    expect(masks).toEqual({ fame: 0, corrected: 0, approved: 16, redrawn: 0 })
  })

  it('of another size, or damaged, gives way to FAME and says so', async () => {
    const plain = await load({}, set.videos)
    const small = { data: new Uint8Array(12), height: 3, width: 4 }
    const other = await load({}, allVideos({ windows: [everywhere({ mask: listed(small) })] }))
    expect(other.query).toEqual(plain.query)
    expect(other.masks).toEqual({ fame: 4, corrected: 0, approved: 0, redrawn: 0 })
    expect(other.warnings.join()).toMatch(/uses FAME's mask.*has 4 x 3 pixels, the video 48 x 36/)
    const damaged = { height: 36, width: 48, runs: 'gA==' }
    const bad = await load({}, allVideos({ windows: [everywhere({ mask: damaged })] }))
    expect(bad.query).toEqual(plain.query)
    expect(bad.warnings.join()).toMatch(/stored mask is damaged/)
  })
})

describe('a foreground ratio that was set', () => {
  it('cuts as the same ratio of the run, the window before the class', async () => {
    const expected = await load({ beta: 0.1 }, set.videos)
    expect((await load({}, allVideos({ beta: 0.1 }))).query).toEqual(expected.query)
    const windows = [everywhere({ state: 'untouched', beta: 0.1 })]
    const ofWindow = await load({}, allVideos({ beta: 0.7, windows }))
    expect(ofWindow.query).toEqual(expected.query)
    expect(ofWindow.masks).toEqual({ fame: 4, corrected: 0, approved: 0, redrawn: 0 })
  })

  it('comes before an adaptive one', async () => {
    const fixed = await load({ beta: 0.1 }, set.videos)
    const adaptive = await load({ beta: 0.1, adaptiveBeta: true }, set.videos)
    expect(adaptive.query).not.toEqual(fixed.query)
    const both = await load({ adaptiveBeta: true }, allVideos({ beta: 0.1 }))
    expect(both.query).toEqual(fixed.query)
  })
})

describe('a rejected window', () => {
  const rejected = window(5, { state: 'rejected' })

  it('is never drawn, and every other start as often as any', () => {
    const rng = new Rng(3)
    const times = new Map<number, number>()
    for (let i = 0; i < 20_000; i++) {
      const [start] = drawAllowedClip(rng, LENGTH, config(), [rejected]).indices
      times.set(start, (times.get(start) ?? 0) + 1)
    }
    // Starts 2 to 8 share at least 4 of their 7 frames with it.
    const allowed = [0, 1, 9, 10, 11, 12, 13]
    expect([...times.keys()].sort((a, b) => a - b)).toEqual(allowed)
    const expected = 20_000 / allowed.length
    const chi2 = allowed.reduce((sum, start) => sum + (times.get(start)! - expected) ** 2, 0)
    expect(chi2 / expected).toBeLessThan(22.5) // 6 degrees of freedom, p = 0.001
  })

  it('leaves the clips alone whose first draw was allowed', () => {
    let redrawn = 0
    for (let seed = 0; seed < 500; seed++) {
      const plain = drawAllowedClip(new Rng(seed), LENGTH, config())
      const drawnClip = drawAllowedClip(new Rng(seed), LENGTH, config(), [rejected])
      expect(plain.isRedrawn).toBe(false)
      if (drawnClip.isRedrawn) redrawn++
      else expect(drawnClip.indices).toEqual(plain.indices)
    }
    expect(redrawn).toBeGreaterThan(200)
    expect(redrawn).toBeLessThan(300)
  })

  it('of a whole video passes on to the next, and says so', async () => {
    const videos = [...set.videos]
    const first = plan().videos[0]
    videos[first] = { ...videos[first], windows: [everywhere({ state: 'rejected' })] }
    const { warnings, query } = await load({}, videos)
    expect(query).toHaveLength(1)
    expect(warnings.join()).toMatch(
      new RegExp(`v_${first}\\.avi is left out: All of its clips are rejected`),
    )
  })

  it('is counted where it made clips be drawn anew, merged or not', async () => {
    const { masks } = await load({ merge: 'none' }, allVideos({ windows: [rejected] }), 10)
    expect(masks).toMatchObject({ fame: 0, corrected: 0, approved: 0 })
    const expected = Array.from({ length: 10 }, (_, step) => {
      const { seeds } = planStep(step, { seed: config().seed, videos: 8, batch: 4 })
      const clips = [...seeds].map((seed) =>
        drawAllowedClip(new Rng(seed), LENGTH, config(), [rejected]),
      )
      return clips.filter(({ isRedrawn }) => isRedrawn).length
    })
    expect(masks.redrawn).toBe(expected.reduce((a, b) => a + b, 0))
    expect(masks.redrawn).toBeGreaterThan(20)
  })
})

it('nothing that was decided leaves the batches as they are, bit for bit', async () => {
  const plain = await load({ merge: 'both' }, set.videos, 2)
  const untouched = allVideos({ windows: [window(3, { state: 'untouched' })] })
  const same = await load({ merge: 'both' }, untouched, 2)
  expect(same.query).toEqual(plain.query)
  expect(same.key).toEqual(plain.key)
})
