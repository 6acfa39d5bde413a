import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { maskClip, renderLayer } from '#main/media/mask-pictures.ts'
import { ClipError } from '#shared/fame/clip.ts'
import { computeMask } from '#shared/fame/masker.ts'
import {
  GOLDEN_BETAS,
  GOLDEN_NAMES,
  intersectionOverUnion,
  readGolden,
} from '../../fixtures/golden-clip.ts'
import { renderScene, still } from '../../fixtures/moving-scene.ts'

const request = { size: 112, beta: 0.5, variant: 'fame' } as const
const pixels = (png: Buffer) => sharp(png).raw().toBuffer({ resolveWithObject: true })

describe('maskClip', () => {
  it.each(GOLDEN_NAMES)('makes the mask of the reference from %s at its own size', (name) => {
    const golden = readGolden(name)
    GOLDEN_BETAS.forEach((beta, i) => {
      const { mask } = maskClip(golden.clip, { ...request, beta })
      expect(intersectionOverUnion(mask, golden.masks[i])).toBeGreaterThanOrEqual(0.99)
    })
  })

  it('cuts the centre square without resampling when the short side is the size', () => {
    const { clip, masks } = readGolden('megamind')
    const wide = padRows(clip, 20)
    const masked = maskClip(wide, request)
    expect([masked.height, masked.width]).toEqual([112, 112])
    expect(intersectionOverUnion(masked.mask, masks[1])).toBeGreaterThanOrEqual(0.99)
    const frame = 112 * 112 * 3
    expect(masked.middle).toEqual(clip.data.subarray(8 * frame, 9 * frame))
  })

  it('scales to the size asked for: at half the size, the mean of 2 x 2 pixels', () => {
    const { clip } = readGolden('tree')
    const halved = new Float32Array(16 * 56 * 56 * 3)
    clip.data.forEach((byte, i) => {
      const [t, y, x, c] = [i / 37632, (i / 336) % 112, (i / 3) % 112, i % 3].map(Math.floor)
      halved[((t * 56 + (y >> 1)) * 56 + (x >> 1)) * 3 + c] += byte / (4 * 255)
    })
    const expected = computeMask({ data: halved, frames: 16, height: 56, width: 56 }, request)
    const { mask, height, width } = maskClip(clip, { ...request, size: 56 })
    expect([height, width]).toEqual([56, 56])
    expect(intersectionOverUnion(mask, expected.mask)).toBeGreaterThanOrEqual(0.99)
  })

  it('describes the mask', () => {
    const { clip, seed } = readGolden('vtest-a')
    const { summary, mask } = maskClip(clip, { ...request, beta: 0.3, variant: 'seed' })
    const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length
    expect(summary).toMatchObject({ width: 112, height: 112, foreground: 3763 / 12544 })
    expect(summary.seedInside).toBeCloseTo(mean(seed.filter((_, i) => mask[i] === 1)), 4)
    expect(summary.seedOutside).toBeCloseTo(mean(seed.filter((_, i) => mask[i] === 0)), 4)
    expect(summary.milliseconds).toBeGreaterThan(0)
  })

  it('passes the options on, and tells the beta that was chosen', () => {
    const camera = [0, 3, 6, 9].map((x) => ({ ...still, x }))
    const { clip } = renderScene({ height: 112, width: 112, camera, contrast: 0.5 })
    const plain = maskClip(clip, request)
    for (const options of [{ adaptive: true, variant: 'seed' as const }, { compensate: true }]) {
      const expected = computeMask(clip, { ...request, ...options })
      const { mask, summary } = maskClip(clip, { ...request, ...options })
      expect(mask).toEqual(expected.mask)
      expect(mask).not.toEqual(plain.mask)
      expect(summary.beta).toBe(expected.beta)
    }
  })

  it('refuses a single frame and data of another length', () => {
    const one = { data: new Uint8Array(112 * 112 * 3), frames: 1, height: 112, width: 112 }
    expect(() => maskClip(one, request)).toThrow(ClipError)
    expect(() => maskClip(one, request)).toThrow('at least 2 frames')
    expect(() => maskClip({ ...one, frames: 2 }, request)).toThrow('Expected 75264 values')
  })
})

describe('renderLayer', () => {
  const golden = readGolden('tree')
  const masked = maskClip(golden.clip, request)

  it('writes the mask in black and white, pixel for pixel', async () => {
    const png = await renderLayer(masked, 'mask')
    expect(await sharp(png).metadata()).toMatchObject({ width: 112, height: 112, channels: 1 })
    const data = await sharp(png).toColourspace('b-w').raw().toBuffer()
    expect(Uint8Array.from(data, (value) => value / 255)).toEqual(masked.mask)
  })

  it.each(['soft', 'seed'] as const)('writes %s lighter where it is larger', async (layer) => {
    const { data, info } = await pixels(await renderLayer(masked, layer))
    expect(info).toMatchObject({ width: 112, height: 112, channels: 3 })
    const order = [...masked[layer].keys()].sort((a, b) => masked[layer][a] - masked[layer][b])
    const lightness = order.map((i) => lightnessOf(data.subarray(3 * i, 3 * i + 3)))
    for (let i = 100; i < lightness.length; i++) {
      expect(lightness[i]).toBeGreaterThan(lightness[i - 100] - 0.5)
    }
    expect(lightness[0]).toBeLessThan(20)
    expect(lightness.at(-1)).toBeGreaterThan(85)
  })

  it('shows the foreground as it is and darkens the background', async () => {
    const { data, info } = await pixels(await renderLayer(masked, 'overlay'))
    expect(info).toMatchObject({ width: 112, height: 112, channels: 3 })
    const kept = { inside: 0, insideAll: 0, darker: 0, outsideAll: 0 }
    masked.mask.forEach((value, i) => {
      const shown = data.subarray(3 * i, 3 * i + 3)
      const frame = masked.middle.subarray(3 * i, 3 * i + 3)
      if (value === 1) {
        kept.insideAll++
        if (shown.every((channel, c) => channel === frame[c])) kept.inside++
      } else {
        kept.outsideAll++
        if (lightnessOf(shown) <= 0.75 * lightnessOf(frame) + 1) kept.darker++
      }
    })
    expect(kept.inside / kept.insideAll).toBeGreaterThan(0.8)
    expect(kept.darker).toBe(kept.outsideAll)
  })

  it('draws the contour around the foreground, not along the edge of the frame', async () => {
    const mask = new Uint8Array(112 * 112)
    for (let y = 0; y < 40; y++) mask.fill(1, y * 112, y * 112 + 30)
    const { data } = await pixels(await renderLayer({ ...masked, mask }, 'overlay'))
    const isContour = (y: number, x: number) => {
      const i = 3 * (112 * y + x)
      return data[i] === 255 && data[i + 1] === 214 && data[i + 2] === 10
    }
    expect([isContour(39, 10), isContour(10, 29)]).toEqual([true, true])
    expect([isContour(0, 10), isContour(10, 0), isContour(40, 10), isContour(10, 30)]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})

/** CIE L* of an sRGB colour, 0..100. */
function lightnessOf([r, g, b]: Uint8Array): number {
  const [red, green, blue] = [r, g, b].map((byte) => {
    const value = byte / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y
}

/** The clip with `columns` more columns on both sides. */
function padRows<T extends { data: Uint8Array; height: number; width: number; frames: number }>(
  clip: T,
  columns: number,
) {
  const width = clip.width + 2 * columns
  const rows = clip.frames * clip.height
  const data = new Uint8Array(rows * width * 3)
  for (let row = 0; row < rows; row++) {
    const line = clip.data.subarray(row * clip.width * 3, (row + 1) * clip.width * 3)
    data.set(line, (row * width + columns) * 3)
  }
  return { data, frames: clip.frames, height: clip.height, width }
}
