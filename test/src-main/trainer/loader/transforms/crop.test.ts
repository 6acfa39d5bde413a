import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawResizedCrop } from '#main/trainer/loader/transforms/crop.ts'
import { Rng } from '#shared/random/rng.ts'
import golden from '../../../../fixtures/transforms/crop-boxes.json' with { type: 'json' }
import { ScriptedRng } from './scripted-rng.ts'

describe('drawResizedCrop', () => {
  it.each(golden.cases)(
    'takes the box that torchvision takes from the same draws ($height x $width, $scaleMin)',
    ({ height, width, scaleMin, draws, expected }) => {
      const rng = new ScriptedRng(draws)
      expect(drawResizedCrop(rng, height, width, { scaleMin })).toEqual(expected)
      expect(rng.left).toBe(0)
    },
  )

  it('stays inside the frame, and near the area and ratio asked for', () => {
    const cases = fc.record({
      seed: fc.integer(),
      height: fc.integer({ min: 60, max: 400 }),
      width: fc.integer({ min: 60, max: 400 }),
      scaleMin: fc.double({ min: 0.1, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(cases, ({ seed, height, width, scaleMin }) => {
        const box = drawResizedCrop(new Rng(seed), height, width, { scaleMin })
        expect(box.top >= 0 && box.top + box.height <= height).toBe(true)
        expect(box.left >= 0 && box.left + box.width <= width).toBe(true)
        expect(box.width / box.height).toBeGreaterThan(0.75 * 0.93)
        expect(box.width / box.height).toBeLessThan((4 / 3) * 1.07)
        const fallback = box.height === height || box.width === width
        if (!fallback) {
          expect((box.height * box.width) / (height * width)).toBeGreaterThan(scaleMin * 0.93)
        }
      }),
    )
  })

  it('spreads areas evenly over the range', () => {
    const rng = new Rng(5)
    const areas = Array.from({ length: 4000 }, () => {
      const { height, width } = drawResizedCrop(rng, 1000, 1000, { scaleMin: 0.2, scaleMax: 0.6 })
      return (height * width) / 1e6
    })
    const below = areas.filter((area) => area < 0.4).length
    expect(below / areas.length).toBeCloseTo(0.5, 1)
    expect(Math.min(...areas)).toBeGreaterThan(0.199)
    expect(Math.max(...areas)).toBeLessThan(0.601)
  })
})
