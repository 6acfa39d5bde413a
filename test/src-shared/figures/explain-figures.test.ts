import { expect, it } from 'vitest'
import type { BackgroundArtefact } from '#shared/tasks/background/artefact.ts'
import type { Distribution } from '#shared/tasks/kernels/artefact.ts'
import { conditionFigure } from '#shared/figures/condition-bars.ts'
import { withKey, type FigurePalette, type Shape } from '#shared/figures/figure.ts'
import { changeFigure } from '#shared/figures/kernel-change.ts'
import { figureAsSvg } from '#shared/figures/svg.ts'
import { layerLabel, violinFigure, type KernelSeries } from '#shared/figures/violins.ts'

const palette: FigurePalette = {
  ...{ panel: '#101010', hover: '#202020', border: '#303030', 'border-strong': '#404040' },
  ...{ text: '#f0f0f0', 'text-2': '#e0e0e0', 'text-3': '#d0d0d0', 'on-accent': '#000000' },
  ...{ accent: '#00aaaa', positive: '#00aa00', danger: '#aa0000', 'series-2': '#aa8800' },
}

/** Weights between -spread and spread, as a triangle. */
function triangle(spread: number): Distribution {
  const shares = Array.from({ length: 10 }, (_, i) => 5 - Math.abs(i - 4.5) - 0.5)
  const sum = shares.reduce((a, b) => a + b)
  return {
    count: 100,
    mean: 0,
    deviation: spread / 2,
    min: -spread,
    max: spread,
    quantiles: [-0.9 * spread, -0.3 * spread, 0, 0.3 * spread, 0.9 * spread],
    density: { from: -spread, to: spread, shares: shares.map((share) => share / sum) },
  }
}

const series = (name: string, colour: string, layers: [string, number][]): KernelSeries => ({
  name,
  colour,
  layers: layers.map(([layer, spread]) => ({
    name: layer,
    shape: [4, 4, 3, 1, 1],
    all: triangle(spread),
    taps: [triangle(spread), triangle(2 * spread), triangle(spread)],
    change: spread / 10,
  })),
})
const fame = series('FAME', '#111111', [
  ['stem.3.weight', 4],
  ['layer1.0.conv1.0.3.weight', 1],
])
const moco = series('MoCo', '#222222', [['stem.3.weight', 2]])

/** Heights of the violins of one colour, in pixels. */
function heights(shapes: readonly Shape[], colour: string): number[] {
  const violins = shapes.filter(({ tag, attrs }) => tag === 'path' && attrs.fill === colour)
  return violins.map(({ attrs }) => {
    const ys = String(attrs.d)
      .slice(1, -1)
      .split('L')
      .map((pair) => Number(pair.split(',')[1]))
    return Math.max(...ys) - Math.min(...ys)
  })
}

it('draws a violin for every layer of every encoder, as high as its weights reach', () => {
  const options = { palette, width: 600, tap: 'all', scale: 'weights' } as const
  const { shapes, width } = violinFigure([fame, moco], options)
  expect(width).toBe(600)
  const [stem, layer] = heights(shapes, '#111111')
  const [other] = heights(shapes, '#222222')
  expect(stem / layer).toBeCloseTo(4, 1)
  expect(stem / other).toBeCloseTo(2, 1)
  const hints = shapes.flatMap(({ hint }) => (hint === undefined ? [] : [hint.split('\n')[0]]))
  expect(hints).toEqual(['FAME: stem.3', 'FAME: layer1.0.conv1', 'MoCo: stem.3'])
})

it('draws one place in time, and every layer by its own deviation', () => {
  const middle = { palette, width: 600, tap: 1, scale: 'weights' } as const
  const [stem] = heights(violinFigure([fame, moco], middle).shapes, '#111111')
  const [other] = heights(violinFigure([fame, moco], middle).shapes, '#222222')
  expect(stem / other).toBeCloseTo(2, 1)
  const own = { palette, width: 600, tap: 'all', scale: 'deviations' } as const
  const [first, second] = heights(violinFigure([fame], own).shapes, '#111111')
  expect(first).toBeCloseTo(second, 0)
})

it('widens where encoders would not fit beside one another', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ ...fame, name: `run ${i}` }))
  const options = { palette, width: 600, tap: 'all', scale: 'weights' } as const
  expect(violinFigure(many, options).width).toBeGreaterThan(900)
})

it('shortens the names of layers without making two alike', () => {
  expect(layerLabel('layer1.0.conv1.0.3.weight')).toBe('layer1.0.conv1')
  expect(layerLabel('stem.3.weight')).toBe('stem.3')
  expect(layerLabel('mixed_3b.branch_1.1.conv3d.weight')).toBe('mixed_3b.branch_1.1')
})

it('marks the change of each layer at its height', () => {
  const { shapes } = changeFigure([fame], { palette, width: 500 })
  const [high, low] = shapes.filter(({ tag }) => tag === 'circle').map(({ attrs }) => attrs.cy)
  const line = (share: string): number => {
    const label = shapes.find(({ text }) => text === share)!
    return Number(label.attrs.y) - 4
  }
  const [zero, whole] = [line('0 %'), line('100 %')]
  expect((zero - Number(high)) / (zero - whole)).toBeCloseTo(0.4, 5)
  expect((zero - Number(low)) / (zero - whole)).toBeCloseTo(0.1, 5)
})

it('draws a bar a condition, as high as its accuracy, and where chance lies', () => {
  const condition = (name: BackgroundArtefact['conditions'][number]['name'], accuracy: number) => ({
    name,
    accuracy,
    interval: [accuracy - 0.1, accuracy + 0.1] as [number, number],
    perClass: [],
  })
  const artefact: BackgroundArtefact = {
    kind: 'background',
    classes: ['a', 'b', 'c', 'd'],
    backgrounds: 'train',
    videos: 9,
    masks: { true: 9, corrected: 0, approved: 0, fame: 0 },
    fame: { variant: 'fame', beta: 0.5 },
    conditions: [
      condition('original', 0.8),
      condition('sameClass', 0.6),
      condition('swapped', 0.2),
      condition('backgroundOnly', 0.4),
      condition('foregroundOnly', 0.5),
    ],
    pull: { share: 0.3, interval: [0.2, 0.4], chance: 0.25 },
    examples: [],
  }
  const one = { name: 'FAME', colour: '#111111', artefact, gapInterval: null }
  const figure = conditionFigure([one], { palette, width: 700 })
  const bars = figure.shapes.filter(({ attrs }) => attrs.fill === '#111111')
  const full = Number(bars[0].attrs.height) / 0.8
  expect(bars.map(({ attrs }) => Number(attrs.height) / full)).toEqual(
    [0.8, 0.6, 0.2, 0.4, 0.5].map((share) => expect.closeTo(share, 9)),
  )
  const dashed = figure.shapes.find(({ attrs }) => attrs['stroke-dasharray'])!
  const bottom = Number(bars[0].attrs.y) + Number(bars[0].attrs.height)
  expect((bottom - Number(dashed.attrs.y1)) / full).toBeCloseTo(0.25, 9)
  const svg = figureAsSvg(figure, '#000000')
  expect(svg.match(/<rect /g)).toHaveLength(6)
  expect(svg).toContain('<title>FAME: 80.0 % (95 % interval 70.0 % to 90.0 %)')
})

it('writes what SVG would take for marks as text', () => {
  const shape = { tag: 'text', attrs: { x: 1.23456 }, text: '<b>', hint: '"&"' } as const
  const svg = figureAsSvg({ width: 10, height: 10, title: 'T', shapes: [shape] }, '#fff')
  expect(svg).toContain('<text x="1.23">&lt;b&gt;<title>&quot;&amp;&quot;</title></text>')
})

it('marks round weights beside the violins, zero among them', () => {
  const options = { palette, width: 600, tap: 'all', scale: 'weights' } as const
  const { shapes } = violinFigure([fame], options)
  const marks = shapes.filter(({ tag, attrs }) => tag === 'text' && attrs.fill === '#d0d0d0')
  const values = marks.map(({ text }) => Number(text)).filter(Number.isFinite)
  expect(values).toEqual([-6, -4, -2, 0, 2, 4, 6])
})

it('names the colours under a figure, in as many lines as they need', () => {
  const figure = { width: 200, height: 50, title: 'T', shapes: [] }
  const names = ['first encoder', 'second encoder', 'third'].map((name) => ({ name, colour: '#1' }))
  const keyed = withKey(figure, names, '#fff')
  const texts = keyed.shapes.filter(({ tag }) => tag === 'text')
  expect(texts.map(({ text }) => text)).toEqual(['first encoder', 'second encoder', 'third'])
  const lines = new Set(texts.map(({ attrs }) => attrs.y))
  expect(lines.size).toBe(2)
  expect(Math.max(...[...lines].map(Number))).toBeLessThan(keyed.height)
})
