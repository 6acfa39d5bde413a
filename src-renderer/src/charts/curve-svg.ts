import type { PlotPoint } from '../features/runs/lib/live-curve.ts'

export interface SvgLine {
  label: string
  colour: string
  width: number
  points: readonly PlotPoint[]
}
export interface SvgPlot {
  title: string
  lines: readonly SvgLine[]
  /** Windows of both axes. */
  x: { from: number; to: number; marks: { at: number; text: string }[] }
  y: { from: number; to: number; marks: { at: number; text: string }[] }
  logX: boolean
  logY: boolean
  text: string
  grid: string
  background: string
}

const WIDTH = 640
const HEIGHT = 360
const AREA = { left: 64, top: 36, right: 624, bottom: 320 }

/** A chart as a drawing that scales: what is on the screen, with its axes and names. */
export function curvesAsSvg(plot: SvgPlot): string {
  const x = placer(plot.x, AREA.left, AREA.right, plot.logX)
  const y = placer(plot.y, AREA.bottom, AREA.top, plot.logY)
  const within = (at: number, { from, to }: { from: number; to: number }) => at >= from && at <= to
  const across = plot.y.marks
    .filter(({ at }) => within(at, plot.y))
    .map(
      ({ at, text }) =>
        `<line x1="${AREA.left}" x2="${AREA.right}" y1="${y(at)}" y2="${y(at)}" stroke="${plot.grid}"/>` +
        `<text x="${AREA.left - 8}" y="${y(at) + 4}" text-anchor="end">${escaped(text)}</text>`,
    )
  const along = plot.x.marks
    .filter(({ at }) => within(at, plot.x))
    .map(
      ({ at, text }) =>
        `<text x="${x(at)}" y="${AREA.bottom + 20}" text-anchor="middle">${escaped(text)}</text>`,
    )
  const named = plot.lines.filter(({ label }) => label !== '')
  const names = named.map(
    ({ label, colour }, i) =>
      `<text x="${AREA.right}" y="${18 + 14 * i}" text-anchor="end" fill="${colour}">${escaped(label)}</text>`,
  )
  const lines = plot.lines.map(
    ({ colour, width, points }) =>
      `<path d="${pathOf(points, x, y)}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" fill="${plot.text}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${plot.background}"/>`,
    `<text x="${AREA.left}" y="20" font-size="14">${escaped(plot.title)}</text>`,
    ...across,
    ...along,
    `<clipPath id="area"><rect x="${AREA.left}" y="${AREA.top}" width="${AREA.right - AREA.left}" height="${AREA.bottom - AREA.top}"/></clipPath>`,
    `<g clip-path="url(#area)">${lines.join('')}</g>`,
    ...names,
    '</svg>',
  ].join('\n')
}

function placer(
  { from, to }: { from: number; to: number },
  start: number,
  end: number,
  log: boolean,
): (value: number) => number {
  const scale = (value: number) => (log ? Math.log10(value) : value)
  const span = scale(to) - scale(from) || 1
  return (value) =>
    Number((start + ((scale(value) - scale(from)) / span) * (end - start)).toFixed(2))
}

/** Points without a value lift the pen. */
function pathOf(
  points: readonly PlotPoint[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  let drawing = false
  return points
    .map((point) => {
      if (!Number.isFinite(point.y)) {
        drawing = false
        return ''
      }
      const step = `${drawing ? 'L' : 'M'}${x(point.x)} ${y(point.y)}`
      drawing = true
      return step
    })
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
