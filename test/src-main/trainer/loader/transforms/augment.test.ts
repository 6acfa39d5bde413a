import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { Augmenter } from '#main/trainer/loader/transforms/augment.ts'
import { blurClip } from '#main/trainer/loader/transforms/blur.ts'
import {
  drawColourJitter,
  dropColour,
  jitterColours,
  normaliseColours,
} from '#main/trainer/loader/transforms/colour.ts'
import { drawCut, drawLook } from '#main/trainer/loader/transforms/draw-augmentation.ts'
import { imagenetScaling, kineticsScaling } from '#shared/encoders/scaling.ts'
import { PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import { Rng } from '#shared/random/rng.ts'
import golden from '../../../../fixtures/transforms/look.json' with { type: 'json' }
import { largestDifference } from '../../../../fixtures/golden-clip.ts'

const SIZE = 20
const config = completeConfig({})
const STRENGTH = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }
const NOTHING = {
  grayscale: false,
  jitter: null,
  isJitterFirst: false,
  blurSigma: null,
  isSolarised: false,
}

/** The same frame `frames` times. */
function stillFrames(frames: number, height: number, width: number) {
  const rng = new Rng(9)
  const frame = Uint8Array.from({ length: height * width * 3 }, () => rng.int(256))
  const data = new Uint8Array(frames * frame.length)
  for (let t = 0; t < frames; t++) data.set(frame, t * frame.length)
  return { data, frames, height, width }
}

describe('Augmenter', () => {
  it('treats all frames of a clip alike', () => {
    const augmenter = new Augmenter(SIZE, kineticsScaling)
    const frames = stillFrames(3, 30, 40)
    const out = new Float32Array(3 * SIZE * SIZE * 3)
    for (let seed = 0; seed < 20; seed++) {
      const rng = new Rng(seed)
      augmenter.cut(frames, drawCut(rng, frames, config), out)
      augmenter.finish(out, drawLook(rng, config, 0))
      const first = out.subarray(0, out.length / 3)
      expect(out.subarray(out.length / 3, (2 * out.length) / 3)).toEqual(first)
      expect(out.subarray((2 * out.length) / 3)).toEqual(first)
    }
  })

  it('drops colour, jitters, blurs and normalises, in this order', () => {
    const rng = new Rng(4)
    const data = Float32Array.from({ length: 2 * SIZE * SIZE * 3 }, () => rng.uniform())
    const jitter = drawColourJitter(rng, STRENGTH)
    const clip = { data: data.slice(), frames: 2, height: SIZE, width: SIZE }
    dropColour(clip)
    jitterColours(clip, jitter)
    blurClip(clip, new PlaneBlur(SIZE, SIZE, 3), 3, 1.5)
    normaliseColours(clip, kineticsScaling)
    new Augmenter(SIZE, kineticsScaling).finish(data, {
      ...NOTHING,
      grayscale: true,
      jitter,
      blurSigma: 1.5,
    })
    expect(largestDifference(data, clip.data)).toBe(0)
  })

  it('only normalises when nothing else was drawn', () => {
    const data = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, i) => (i % 7) / 7)
    const expected = { data: data.slice(), frames: 1, height: SIZE, width: SIZE }
    normaliseColours(expected, imagenetScaling)
    new Augmenter(SIZE, imagenetScaling).finish(data, NOTHING)
    expect(data).toEqual(expected.data)
  })

  it('refuses part of a frame', () => {
    expect(() =>
      new Augmenter(SIZE, kineticsScaling).finish(new Float32Array(100), NOTHING),
    ).toThrow('got 100 values')
  })

  it.each(golden.looks)('changes colours as torchvision does ($about)', ({ look, expected }) => {
    const { size } = golden
    const data = Float32Array.from(golden.clip)
    const order = look.jitter.order as ('brightness' | 'contrast' | 'saturation' | 'hue')[]
    new Augmenter(size, kineticsScaling).finish(data, {
      ...look,
      jitter: { ...look.jitter, order },
    })
    expect(largestDifference(data, expected)).toBeLessThan(2e-5)
  })
})

describe('draws', () => {
  it('repeat with the seed', () => {
    const draw = (seed: number) => {
      const rng = new Rng(seed)
      return [drawCut(rng, { height: 90, width: 120 }, config), drawLook(rng, config, 0)]
    }
    expect(draw(11)).toEqual(draw(11))
    expect(draw(11)).not.toEqual(draw(12))
  })

  it('come as often as the configuration says', () => {
    const rng = new Rng(2)
    const looks = Array.from({ length: 4000 }, () => drawLook(rng, config, 0))
    const share = (n: number): number => n / looks.length
    expect(share(looks.filter((look) => look.grayscale).length)).toBeCloseTo(0.2, 1)
    expect(share(looks.filter((look) => look.jitter).length)).toBeCloseTo(0.8, 1)
    expect(share(looks.filter((look) => look.blurSigma !== null).length)).toBeCloseTo(0.5, 1)
    const views = looks.map(() => drawCut(rng, { height: 90, width: 120 }, config))
    expect(share(views.filter((view) => view.flip).length)).toBeCloseTo(0.5, 1)
  })
})
