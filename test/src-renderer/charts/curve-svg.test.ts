import { expect, it } from 'vitest'
import { curvesAsSvg } from '../../../src-renderer/src/charts/curve-svg.ts'

const plot = {
  title: 'Loss < 1 & more',
  x: { from: 0, to: 10, marks: [0, 5, 10, 15].map((at) => ({ at, text: `s${at}` })) },
  y: { from: 1, to: 100, marks: [{ at: 10, text: 'ten' }] },
  logX: false,
  logY: true,
  text: '#111',
  grid: '#ddd',
  background: '#fff',
}
const points = [
  { x: 0, y: 1 },
  { x: 5, y: 10 },
  { x: 6, y: NaN },
  { x: 10, y: 100 },
]

it('a chart becomes a drawing with its axes, and gaps stay gaps', () => {
  const lines = [{ label: 'Loss', colour: 'red', width: 1, points }]
  const svg = curvesAsSvg({ ...plot, lines })
  // From the lower left corner over the middle of the area to its upper right one.
  expect(svg).toContain('d="M64 320L344 178M624 36"')
  expect(svg).toContain('Loss &lt; 1 &amp; more')
  expect(svg).toContain('>s10<')
  expect(svg).not.toContain('>s15<')
  expect(svg).toContain('y1="178" y2="178"')
})
