import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changeColours,
  drawColourJitter,
  dropColour,
  jitterColours,
  normaliseColours,
  solariseColours,
} from '#main/trainer/loader/transforms/colour.ts'
import type { FloatClip } from '#shared/fame/clip.ts'
import { Rng } from '#shared/random/rng.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import golden from '../../../../fixtures/transforms/colour.json' with { type: 'json' }
import { largestDifference } from '../../../../fixtures/golden-clip.ts'

const STRENGTH = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }
const CHANGES = ['brightness', 'contrast', 'saturation', 'hue'] as const

function goldenClip(): FloatClip {
  const { frames, height, width } = golden
  return { data: Float32Array.from(golden.clip), frames, height, width }
}

describe('a colour change', () => {
  it.each(golden.ops)('of $op by $factor is that of torchvision', ({ op, factor, expected }) => {
    const clip = goldenClip()
    const change = CHANGES.find((name) => name === op)
    changeColours(clip, change!, factor)
    expect(largestDifference(clip.data, expected)).toBeLessThan(2e-6)
  })

  it.each(golden.jitter)('follows the order of the jitter ($order)', ({ order, ...rest }) => {
    const clip = goldenClip()
    jitterColours(clip, { ...rest, order: order.map((i) => CHANGES[i]) })
    expect(largestDifference(clip.data, rest.expected)).toBeLessThan(5e-6)
  })

  it('drops colour as torchvision does', () => {
    const clip = goldenClip()
    dropColour(clip)
    expect(largestDifference(clip.data, golden.grayscale)).toBeLessThan(1e-6)
  })

  it('normalises as torchvision does', () => {
    const clip = goldenClip()
    normaliseColours(clip, kineticsScaling)
    expect(largestDifference(clip.data, golden.normalised)).toBeLessThan(5e-6)
  })

  it('solarises from 0.5 on, and twice is as before below it', () => {
    const clip = {
      data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0.49),
      frames: 1,
      height: 1,
      width: 2,
    }
    solariseColours(clip)
    expect([...clip.data]).toEqual([0, 0.25, 0.5, 0.25, 0, Math.fround(0.49)])
  })

  it('of hue comes back after a turn there and a turn back', () => {
    const turns = fc.double({ min: -0.5, max: 0.5, noNaN: true })
    fc.assert(
      fc.property(turns, (turn) => {
        const clip = goldenClip()
        changeColours(clip, 'hue', turn)
        changeColours(clip, 'hue', -turn)
        expect(largestDifference(clip.data, golden.clip)).toBeLessThan(1e-5)
      }),
    )
  })

  it('keeps values in [0, 1] whatever the factors', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const clip = goldenClip()
        jitterColours(clip, drawColourJitter(new Rng(seed), STRENGTH))
        expect(clip.data.every((value) => value >= 0 && value <= 1)).toBe(true)
      }),
    )
  })
})

describe('drawColourJitter', () => {
  const rng = new Rng(3)
  const draws = Array.from({ length: 3000 }, () => drawColourJitter(rng, STRENGTH))

  it.each([
    ['brightness', 0.6, 1.4],
    ['contrast', 0.6, 1.4],
    ['saturation', 0.6, 1.4],
    ['hue', -0.1, 0.1],
  ] as const)('spreads %s evenly over %d to %d', (name, low, high) => {
    const values = draws.map((jitter) => jitter[name])
    const mean = values.reduce((a, b) => a + b) / values.length
    const deviation = (high - low) / Math.sqrt(12)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low)
    expect(Math.max(...values)).toBeLessThan(high)
    expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((4 * deviation) / Math.sqrt(3000))
  })

  it('applies the four changes in every one of the 24 orders', () => {
    const orders = new Set(draws.map((jitter) => jitter.order.join()))
    expect(orders.size).toBe(24)
    expect(draws.every(({ order }) => order.toSorted().join() === CHANGES.toSorted().join())).toBe(
      true,
    )
  })
})
