import { describe, expect, it } from 'vitest'
import {
  headEntries,
  rangeText,
  titleHint,
  titleOf,
} from '../../../src-renderer/src/charts/curve-head.ts'
import {
  curveDatasets,
  type LineSetup,
  type PlottedCurve,
  type PlottedRun,
} from '../../../src-renderer/src/charts/curve-lines.ts'
import { nearestIndex, tooltipLine } from '../../../src-renderer/src/charts/curve-tooltip.ts'
import { palettes } from '../../../src-renderer/src/ui/theme/palette.ts'

const palette = palettes.dark
const place = String

function run(id: number, colour: string | null): PlottedRun {
  return {
    id,
    name: `run ${id}`,
    method: 'moco',
    parts: [],
    colour,
    steps: 100,
    stepsPerEpoch: 10,
    phases: [],
    isLive: false,
  }
}
/** A curve of `values` at steps 1, 2, ... with an average that is far from them. */
function plotted(of: PlottedRun, name: string, values: number[], isSmooth = true): PlottedCurve {
  const points = values.map((y, i) => ({ x: i + 1, y }))
  const point = (i: number) => ({ x: i + 1, value: values[i] })
  const ends = { first: point(0), last: point(values.length - 1), fresh: 0 }
  const best = point(values.indexOf(Math.min(...values)))
  const smooth = isSmooth ? points.map(({ x, y }) => ({ x, y: y + 1000 })) : null
  return { run: of, curve: { name, points, smooth, ...ends, best }, breaks: [] }
}
const setup: LineSetup = {
  metrics: ['loss'],
  palette,
  logX: false,
  logY: false,
  hasGaps: false,
  hovered: null,
}

describe('a chart of curves', () => {
  it('says in its title how many videos it is measured on', () => {
    const kind = { name: 'knn', title: 'k-NN accuracy', metrics: ['knn'], videos: 'knnVideos' }
    const measuredOn = (id: number, videos: number) => plotted(run(id, null), 'knnVideos', [videos])
    const knn = plotted(run(1, null), 'knn', [0.2])
    expect(titleOf(kind, [knn])).toBe('k-NN accuracy')
    expect(titleOf(kind, [knn, measuredOn(1, 64)])).toBe('k-NN accuracy (64 videos)')
    const both = [measuredOn(1, 64), measuredOn(2, 100)]
    expect(titleOf(kind, both)).toBe('k-NN accuracy (64 to 100 videos)')
    const plain = { name: 'loss', title: 'Loss', metrics: ['loss'] }
    expect(titleOf(plain, both)).toBe('Loss')
  })

  it('has the last measured value in its head, however much its line is smoothed', () => {
    const curves = [plotted(run(1, null), 'loss', [3, 2, 2.5])]
    const [entry] = headEntries(curves, { metrics: ['loss'], palette, place })
    expect(entry.last).toBe('2.5')
    expect(rangeText(curves, place)).toContain('first 3 · last 2.5')
  })

  it('tells the measured and the smoothed value, each by its name', () => {
    const datasets = curveDatasets([plotted(run(1, null), 'loss', [3, 2, 2.5])], setup)
    expect(datasets.map(({ role }) => role)).toEqual(['measured', 'average'])
    const chart = { data: { datasets } } as never
    const item = { dataset: datasets[0], datasetIndex: 0, parsed: { x: 2, y: 2 } as never, chart }
    expect(tooltipLine(item, { x: 2, place })).toBe(' Loss: 2 · smoothed 1,002')
    expect(tooltipLine(item, { x: 3, place })).toBe(' Loss: 2 · smoothed 1,002 · at 2')
  })

  it('marks the points of a line that has few, so that one alone can be seen', () => {
    const few = curveDatasets([plotted(run(1, null), 'loss', [3], false)], setup)
    expect(few[0].pointRadius).toBeGreaterThan(0)
    const many = Array.from({ length: 11 }, (_, i) => i)
    const [line] = curveDatasets([plotted(run(1, null), 'loss', many, false)], setup)
    expect(line.pointRadius).toBe(0)
  })

  it('tells several runs apart by colour, and their metrics by dashes', () => {
    const runs = [run(1, 'hsl(10 60% 60%)'), run(2, 'hsl(99 60% 60%)')]
    const metrics = ['accuracy', 'top5']
    const curves = runs.flatMap((of) => metrics.map((name) => plotted(of, name, [0.1, 0.2], false)))
    const lines = curveDatasets(curves, { ...setup, metrics })
    expect(lines.map(({ borderColor }) => borderColor)).toEqual([
      ...['hsl(10 60% 60%)', 'hsl(10 60% 60%)'],
      ...['hsl(99 60% 60%)', 'hsl(99 60% 60%)'],
    ])
    expect(lines.map(({ label }) => label)).toEqual([
      ...['run 1, Top-1', 'run 1, Top-5', 'run 2, Top-1', 'run 2, Top-5'],
    ])
    expect(lines[0].borderDash).not.toEqual(lines[1].borderDash)
    const faded = curveDatasets(curves, { ...setup, metrics, hovered: 2 })
    expect(faded[0].borderColor).toBe('hsl(10 60% 60% / 15%)')
    expect(faded[2].borderColor).toBe('hsl(99 60% 60%)')
    const entries = headEntries(curves, { metrics, palette, place })
    expect(entries.map(({ label, last }) => [label, last])).toEqual([
      ['Top-1', null],
      ['Top-5', null],
    ])
  })

  it('explains a metric of several methods in the words of each', () => {
    const of = (id: number, method: string) => ({ ...run(id, `hsl(${id} 60% 60%)`), method })
    const both = [of(1, 'moco'), of(2, 'simclr')]
    const metrics = ['positive', 'negative']
    const curves = both.flatMap((each) => metrics.map((name) => plotted(each, name, [0.1, 0.2])))
    const [positive, negative] = headEntries(curves, { metrics, palette, place })
    // Methods that agree share a sentence.
    expect(positive.hint).toMatch(
      /^Mean cosine similarity of a clip to the other clip of its video/,
    )
    expect(positive.hint).not.toContain('\n')
    expect(negative.hint.split('\n')).toEqual([
      expect.stringMatching(/^MoCo: Mean cosine similarity of a clip to .*the keys in the queue/),
      expect.stringMatching(/^SimCLR: Mean cosine .* every clip of the other videos in the batch/),
    ])
    const losses = both.map((each) => plotted(each, 'loss', [3, 2]))
    expect(headEntries(losses, { metrics: ['loss'], palette, place })).toEqual([])
    expect(titleHint(losses, ['loss'])).toMatch(/^MoCo: InfoNCE.*\nSimCLR: NT-Xent/)
    expect(titleHint(losses.slice(1), ['loss'])).toMatch(/^NT-Xent/)
    expect(titleHint(curves, metrics)).toBeUndefined()
  })

  it('finds the nearest point that has a value', () => {
    const points = [
      { x: 1, y: 1 },
      { x: 4, y: NaN },
      { x: 6, y: 2 },
    ]
    expect([0, 2, 3.4, 3.6, 9].map((at) => nearestIndex(points, at))).toEqual([0, 0, 0, 2, 2])
    expect(nearestIndex([], 3)).toBe(-1)
    expect(nearestIndex([{ x: 1, y: NaN }], 3)).toBe(-1)
  })
})
