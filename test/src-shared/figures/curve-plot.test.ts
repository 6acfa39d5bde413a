import { expect, it } from 'vitest'
import { curvePlotFigure } from '#shared/figures/curve-plot.ts'
import { figureAsSvg } from '#shared/figures/svg.ts'

const plot = {
  title: 'Loss < 1 & more',
  x: { from: 0, to: 10, marks: [0, 5, 10, 15].map((at) => ({ at, text: `s${at}` })), isLog: false },
  y: { from: 1, to: 100, marks: [{ at: 10, text: 'ten' }], isLog: true },
  text: '#111',
  grid: '#ddd',
}
const points = [
  { x: 0, y: 1 },
  { x: 5, y: 10 },
  { x: 6, y: NaN },
  { x: 10, y: 100 },
]

it('a chart becomes a drawing with its axes, and gaps stay gaps', () => {
  const lines = [{ label: 'Loss', colour: 'red', width: 1, points }]
  const svg = figureAsSvg(curvePlotFigure({ ...plot, lines }), '#fff')
  // From the lower left corner over the middle of the area to its upper right one.
  expect(svg).toContain('d="M64,320L344,178M624,36Z"')
  expect(svg).toContain('Loss &lt; 1 &amp; more')
  expect(svg).toContain('>s10<')
  expect(svg).not.toContain('>s15<')
  expect(svg).toContain('y1="178" y2="178"')
})

it('what is zoomed out of sight stays within the axes', () => {
  const lines = [{ label: '', colour: 'red', width: 1, points: [...points, { x: 40, y: 1000 }] }]
  const svg = figureAsSvg(curvePlotFigure({ ...plot, lines }), '#fff')
  expect(svg).toContain(
    '<clipPath id="area"><rect x="64" y="36" width="560" height="284"/></clipPath>',
  )
  expect(svg).toMatch(/<path [^>]*stroke="red"[^>]* clip-path="url\(#area\)"/)
})
