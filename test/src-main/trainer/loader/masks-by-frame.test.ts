import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { storedConfig } from '#shared/config/old-settings.ts'
import { packFrames, type FrameMasks } from '#shared/masks/frame-masks.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { frameOfWindow } from '#shared/masks/window.ts'
import { createMasker } from '#shared/fame/masker.ts'
import type { Background } from '#shared/views/view-spec.ts'
import { ClipLoader } from '#main/trainer/loader/clip-loader.ts'
import { fillMasks, type CutFrames } from '#main/trainer/loader/clip-masks.ts'
import { mergeBackground } from '#main/trainer/loader/finish-clip.ts'
import type { ListedWindow, TrainerVideo } from '#main/trainer/process/messages.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

const SIDE = 24
const [HEIGHT, WIDTH] = [36, 48]
const PIXELS = HEIGHT * WIDTH

const packed = (mask: Uint8Array) => packRuns(encodeRuns(mask))
/** The left columns are foreground. */
const columns = (count: number): Uint8Array =>
  Uint8Array.from({ length: PIXELS }, (_, i) => Number(i % WIDTH < count))

/** A corrected window of the whole video whose frames 4, 6 and 9 have masks of their own. */
function windowOf(own: FrameMasks): ListedWindow {
  const bytes = packFrames(own, { frames: 20, pixels: PIXELS })
  const runs = Buffer.from(packed(columns(24))).toString('base64')
  const byFrame = bytes ? { byFrame: Buffer.from(bytes).toString('base64') } : {}
  return {
    start: 0,
    frames: 20,
    stride: 1,
    state: 'corrected',
    changedAt: '2026-01-01T00:00:00.000Z',
    mask: { height: HEIGHT, width: WIDTH, runs, ...byFrame },
  }
}
const own: FrameMasks = new Map(
  [4, 6, 9].map((frame) => [frame, { source: 'hand', mask: packed(columns(4 * frame)) }]),
)

const config = (values: Partial<PretrainConfig> = {}): PretrainConfig =>
  tinyConfig({ grayscale: 0, jitter: 0, blur: 0, loaderThreads: 1, ...values })

/** The whole frame of a clip of frames 2, 4, 6, 8, cut to 24 x 24. */
function clipOf(window: ListedWindow): CutFrames {
  return {
    video: { path: '/a.avi', frames: 20, windows: [window] },
    length: 20,
    place: { start: 2, frames: 4, stride: 2 },
    frame: { height: HEIGHT, width: WIDTH },
    cut: { box: { top: 0, left: 0, height: HEIGHT, width: WIDTH }, flip: false },
    data: new Float32Array(4 * SIDE * SIDE * 3),
    indices: [2, 4, 6, 8],
    perFrame: null,
  }
}

function filled(clip: CutFrames, maskPer: 'clip' | 'frame') {
  const warnings: string[] = []
  const masks = new Uint8Array((maskPer === 'frame' ? 4 : 1) * SIDE * SIDE)
  const kind = fillMasks(clip, masks, {
    config: config({ maskPer, size: SIDE }),
    masker: createMasker(SIDE, SIDE),
    warn: (message) => void warnings.push(message),
  })
  const widths = Array.from({ length: masks.length / SIDE ** 2 }, (_, t) =>
    masks.subarray(t * SIDE ** 2, t * SIDE ** 2 + SIDE).reduce((sum, value) => sum + value, 0),
  )
  return { kind, widths, warnings }
}

describe('the masks of a clip', () => {
  it('are those of its frames where they have their own, else the clip’s', () => {
    const clip = clipOf(windowOf(own))
    expect(filled(clip, 'frame')).toEqual({
      kind: 'corrected',
      widths: [12, 8, 12, 12],
      warnings: [],
    })
    expect(filled(clip, 'clip').widths).toEqual([12])
    const mirrored = { ...clip, indices: [9, 6, 4, 2], cut: { ...clip.cut, flip: true } }
    expect(filled(mirrored, 'frame').widths).toEqual([18, 12, 8, 12])
  })

  it('are the clip’s where masks by frame are damaged, with a warning', () => {
    const window = windowOf(own)
    const damaged = { ...window, mask: { ...window.mask!, byFrame: 'AQEUgw==' } }
    const { widths, warnings } = filled(clipOf(damaged), 'frame')
    expect(widths).toEqual([12, 12, 12, 12])
    expect(warnings).toEqual([expect.stringMatching(/a\.avi .*damaged/)])
  })
})

it('a frame of the video belongs to the nearer frame of the window', () => {
  const window = { start: 3, frames: 4, stride: 4 }
  const found = [2, 3, 4, 5, 6, 7, 15, 16].map((index) => frameOfWindow(index, window))
  expect(found).toEqual([null, 0, 0, 0, 1, 1, 3, null])
})

describe('merging by frame', () => {
  const pixels = 4
  const clip = (value: number) => Float32Array.from({ length: 3 * 4 * 3 }, (_, i) => value + i)
  const mask = Uint8Array.from([1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0])

  it.each<[string, Background, (i: number) => number]>([
    ['another clip', { kind: 'inter' }, (i) => 100 + i],
    ['one still frame', { kind: 'static', frame: 2 }, (i) => 100 + 24 + (i % 12)],
    ['black', { kind: 'none' }, () => 0],
  ])('puts %s behind each frame by its own mask', (_, background, behind) => {
    const out = new Float32Array(36)
    mergeBackground(background, { x: clip(0), partner: clip(100), mask, pixels, out })
    const expected = Array.from({ length: 36 }, (_, i) =>
      mask[Math.floor(i / 3)] === 1 ? i : behind(i),
    )
    expect([...out]).toEqual(expected)
  })

  it('takes the same video’s other clip from where it lies', () => {
    const box = { top: 0, left: 0, height: 2, width: 2 }
    const background: Background = { kind: 'intra', indices: [0, 1, 2], box, flip: false }
    const out = clip(100)
    mergeBackground(background, { x: clip(0), partner: clip(7), mask, pixels, out })
    expect(out[0]).toBe(0)
    expect(out[6]).toBe(106)
    expect(out[24]).toBe(24)
    expect(out[27]).toBe(127)
  })
})

describe('batches', () => {
  let set: TinySet
  beforeAll(async () => {
    set = await writeTinySet(4)
  })
  afterAll(() => set.remove())

  async function batch(values: Partial<PretrainConfig>, window: ListedWindow) {
    const videos: TrainerVideo[] = set.videos.map((video) => ({ ...video, windows: [window] }))
    const loader = new ClipLoader(videos, config({ batch: 2, ...values }), () => undefined)
    try {
      for await (const { views } of loader.batches(0, 1)) return views.map((view) => view.slice())
    } finally {
      await loader.close()
    }
    throw new Error('There was no batch.')
  }

  it('stay as they were to the bit with one mask a clip, and differ by frame', async () => {
    const all: FrameMasks = new Map(
      Array.from({ length: 20 }, (_, frame) => [
        frame,
        { source: 'hand', mask: packed(columns(2 * frame)) },
      ]),
    )
    const before = await batch({}, windowOf(new Map()))
    expect(await batch({}, windowOf(all))).toEqual(before)
    expect(await batch({ maskPer: 'frame' }, windowOf(new Map()))).toEqual(before)
    expect(await batch({ maskPer: 'frame' }, windowOf(all))).not.toEqual(before)
  })

  it('of a run from before the setting have one mask a clip', () => {
    expect(storedConfig({ method: 'moco' }).maskPer).toBe('clip')
  })
})
