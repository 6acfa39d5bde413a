import { describe, expect, it } from 'vitest'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import { Rng } from '#shared/random/rng.ts'
import type { Background } from '#shared/views/view-spec.ts'
import { finishClip, mergeBackground } from '#main/trainer/loader/finish-clip.ts'
import { Augmenter } from '#main/trainer/loader/transforms/augment.ts'
import { mixFrame } from '#main/trainer/loader/transforms/frame-mix.ts'
import golden from '../../../fixtures/views/frame-mix.json' with { type: 'json' }
import { largestDifference } from '../../../fixtures/golden-clip.ts'

const SIZE = 16
const FRAMES = 3
const FRAME = SIZE * SIZE * 3
const rng = new Rng(5)
const clip = (): Float32Array => Float32Array.from({ length: FRAMES * FRAME }, () => rng.uniform())

describe('a background', () => {
  const [x, partner, own] = [clip(), clip(), clip()]
  const mask = Uint8Array.from({ length: SIZE * SIZE }, (_, i) => Number(i % 3 === 0))

  /** What `out` is where the mask is 0, by place in the clip. */
  const behind = {
    inter: (i: number): number => partner[i],
    intra: (i: number): number => own[i],
    static: (i: number): number => partner[FRAME + (i % FRAME)],
    none: (): number => 0,
  }

  const backgrounds: Background[] = [
    { kind: 'inter' },
    { kind: 'static', frame: 1 },
    { kind: 'none' },
    { kind: 'intra', indices: [], box: { top: 0, left: 0, width: 1, height: 1 }, flip: false },
  ]
  it.each(backgrounds)('$kind stands behind the foreground of the clip', (background) => {
    const out = own.slice()
    mergeBackground(background, { x, partner, mask, pixels: mask.length, out })
    const expected = x.map((value, i) => {
      return mask[Math.floor((i % FRAME) / 3)] ? value : behind[background.kind](i)
    })
    expect(out).toEqual(expected)
  })
})

describe('a frame mixed in', () => {
  it.each(golden.cases)('is that of NumPy (λ $lambda)', ({ frame, lambda, expected }) => {
    const data = Float32Array.from(golden.clip)
    mixFrame(data, golden.frames, { frame, lambda })
    expect(largestDifference(data, expected)).toBeLessThan(1e-6)
  })

  it('leaves the clip as it is with λ 0, and makes a still picture of it with λ 1', () => {
    const data = clip()
    const before = data.slice()
    mixFrame(data, FRAMES, { frame: 2, lambda: 0 })
    expect(data).toEqual(before)
    mixFrame(data, FRAMES, { frame: 2, lambda: 1 })
    for (let t = 0; t < FRAMES; t++) {
      expect(data.subarray(t * FRAME, (t + 1) * FRAME)).toEqual(before.subarray(2 * FRAME))
    }
  })
})

describe('finishClip', () => {
  const look = {
    grayscale: false,
    jitter: null,
    isJitterFirst: false,
    blurSigma: null,
    isSolarised: false,
  }
  const plain = { indices: [0, 1, 2], order: null, turn: 0, look, perFrame: null, mix: null }
  const cut = { box: { top: 0, left: 0, width: 1, height: 1 }, flip: false }

  it('mixes the frame in after the colours', () => {
    const data = clip()
    const expected = data.slice()
    const augmenter = new Augmenter(SIZE, kineticsScaling)
    const mix = { frame: 1, lambda: 0.25 }
    const solarised = { ...look, isSolarised: true }
    augmenter.finish(expected, solarised)
    mixFrame(expected, FRAMES, mix)
    finishClip(data, { ...plain, look: solarised, mix }, augmenter)
    expect(data).toEqual(expected)
  })

  it('gives each frame its own colours where they were drawn so', () => {
    const data = clip()
    const before = data.slice()
    const augmenter = new Augmenter(SIZE, kineticsScaling)
    const perFrame = [false, true, false].map((grayscale) => ({
      ...cut,
      look: { ...look, grayscale },
    }))
    finishClip(data, { ...plain, perFrame }, augmenter)
    perFrame.forEach((frame, t) => {
      const expected = before.slice(t * FRAME, (t + 1) * FRAME)
      augmenter.finish(expected, frame.look)
      expect(data.subarray(t * FRAME, (t + 1) * FRAME)).toEqual(expected)
    })
  })
})
