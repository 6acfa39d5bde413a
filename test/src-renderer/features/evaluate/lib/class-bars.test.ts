import { describe, expect, it } from 'vitest'
import { classBars, classBarsFigure, differenceOf, sortBars } from '#shared/figures/class-bars.ts'
import { figureAsSvg } from '#shared/figures/svg.ts'
import { confusionOf } from '#shared/metrics/confusion-matrix.ts'
import { palettes } from '../../../../../src-renderer/src/ui/theme/palette.ts'

describe('bars of classes', () => {
  const own = confusionOf([0, 0, 3, 0, 1, 1, 1, 1, 2], ['a', 'b'])
  const other = confusionOf([0, 0, 1, 1, 0, 1, 1, 1, 3], ['b', 'a'])

  it('stand against another evaluation by the names of the classes', () => {
    const bars = classBars(own, other)
    expect(bars.map(({ name, value, other: against }) => [name, value, against])).toEqual([
      ['a', 0.75, 0.75],
      ['b', 1, 1],
    ])
    expect(bars.map(differenceOf)).toEqual([0, 0])
    expect(classBars(own, null)[0]?.other).toBeNull()
  })

  it('are sorted by value, difference or class', () => {
    const bars = classBars(own, confusionOf([0, 0, 1, 1, 0, 1], ['a', 'b']))
    const names = (...by: Parameters<typeof sortBars> extends [unknown, ...infer R] ? R : never) =>
      sortBars(bars, ...by).map(({ name }) => name)
    expect(names('value', false)).toEqual(['a', 'b'])
    expect(names('value', true)).toEqual(['b', 'a'])
    expect(names('difference', true)).toEqual(['b', 'a'])
    expect(names('index', true)).toEqual(['b', 'a'])
  })

  it('are drawn with names that do not break the picture', () => {
    const bars = classBars(confusionOf([0, 0, 1], ['a < b & c']), null)
    const options = { title: 'x', palette: palettes.light, against: null }
    const svg = figureAsSvg(classBarsFigure(bars, options), '#fff')
    expect(svg).toContain('a &lt; b &amp; c')
    expect(svg).not.toContain('a < b')
  })
})
