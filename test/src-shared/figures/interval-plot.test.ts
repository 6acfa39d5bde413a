import { describe, expect, it } from 'vitest'
import type { FigurePalette } from '#shared/figures/figure.ts'
import { intervalFigure } from '#shared/figures/interval-plot.ts'
import { INTERVAL_LAWS } from '#shared/views/interval.ts'

/** Every colour by its name. */
const palette = new Proxy({} as FigurePalette, { get: (_, name) => String(name) })

describe('the picture of intervals', () => {
  const drawn = [0, 1, 2, 50, 99]
  const figure = intervalFigure({ law: 'decreasing', power: 1, M: 100, drawn, palette })

  it('draws a line for every law, the chosen one in the accent and at other powers dashed', () => {
    const lines = figure.shapes.filter(({ tag }) => tag === 'path')
    const dashed = lines.filter(({ attrs }) => attrs['stroke-dasharray'] !== undefined)
    expect(dashed.map(({ hint }) => hint)).toEqual(['decreasing, power 0.5', 'decreasing, power 2'])
    const plain = lines.filter((shape) => !dashed.includes(shape))
    expect(plain).toHaveLength(INTERVAL_LAWS.length)
    expect(plain.filter(({ attrs }) => attrs.stroke === palette.accent)).toHaveLength(1)
    const names = figure.shapes.flatMap(({ tag, text }) => (tag === 'text' && text ? [text] : []))
    expect(names).toEqual(expect.arrayContaining([...INTERVAL_LAWS, 'interval in frames']))
  })

  it('has bars whose heights are the shares that were drawn, in the same units', () => {
    const bars = figure.shapes.filter(({ tag }) => tag === 'rect')
    expect(bars.map(({ hint }) => hint)).toEqual([
      '3 of 5 intervals from 0 to 4 frames',
      '1 of 5 intervals from 48 to 52 frames',
      '1 of 5 intervals from 96 to 100 frames',
    ])
    // One of five in one of 25 bins is a density of 5, beyond the 4.4 in sight.
    const heights = bars.map(({ attrs }) => attrs.height)
    expect(heights).toEqual([156, 156, 156])
  })

  it('has no other powers of a law that has none', () => {
    const { shapes } = intervalFigure({ law: 'near', power: 1, M: 100, drawn, palette })
    expect(shapes.filter(({ attrs }) => attrs['stroke-dasharray'] !== undefined)).toEqual([])
  })

  it('stays within its frame', () => {
    for (const law of INTERVAL_LAWS) {
      const { shapes } = intervalFigure({ law, power: 10, M: 7, drawn: [0, 6], palette })
      for (const { tag, attrs } of shapes) {
        if (tag !== 'path') continue
        const numbers = String(attrs.d)
          .match(/-?[\d.]+/g)!
          .map(Number)
        expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
        expect(Math.max(...numbers)).toBeLessThanOrEqual(520)
      }
    }
  })
})
