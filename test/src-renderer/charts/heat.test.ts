import { describe, expect, it } from 'vitest'
import { heatGradient, paintHeat } from '../../../src-renderer/src/charts/heat.ts'

function colourOf(value: number, most = 1): number[] {
  const rgba = new Uint8ClampedArray(4)
  paintHeat(Float32Array.of(value), most, rgba)
  return [...rgba]
}
/** As ITU-R BT.709 weighs them. */
const lightness = ([r, g, b]: number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!

describe('heat colours', () => {
  it('grow lighter with the value, and are opaque', () => {
    const colours = Array.from({ length: 51 }, (_, i) => colourOf(i / 50))
    for (let i = 1; i < colours.length; i++) {
      expect(lightness(colours[i]!)).toBeGreaterThan(lightness(colours[i - 1]!))
    }
    expect(colours.every((colour) => colour[3] === 255)).toBe(true)
  })

  it('reach from the ends of the legend', () => {
    const ends = [...heatGradient.matchAll(/rgb\((\d+) (\d+) (\d+)\)/g)].map((match) =>
      match.slice(1).map(Number),
    )
    expect(colourOf(0).slice(0, 3)).toEqual(ends[0])
    expect(colourOf(1).slice(0, 3)).toEqual(ends.at(-1))
    expect(colourOf(7).slice(0, 3)).toEqual(ends.at(-1))
    expect(colourOf(3, 3)).toEqual(colourOf(1))
  })
})
