import type { Palette } from '../../../ui/theme/palette.ts'
import { countAt, shareAt, type ConfusionMatrix } from '#shared/metrics/confusion-matrix.ts'
import { confusionStrength } from './draw-confusion.ts'
import { escapeXml, svgDocument } from '../../../charts/figure-files.ts'

const MARGIN = 160
/** Above this many classes names no longer fit a page. */
const MOST_NAMED = 120

/** The whole matrix as a drawing: cells with videos, names where there is room for them. */
export function confusionSvg(
  matrix: ConfusionMatrix,
  order: readonly number[],
  { title, palette }: { title: string; palette: Palette },
): string {
  const { size, names } = matrix
  const cell = size <= 24 ? 26 : size <= MOST_NAMED ? 12 : 3
  const margin = size <= MOST_NAMED ? MARGIN : 32
  const side = margin + cell * size + 12
  const body = [
    `<text x="12" y="20" fill="${palette.text}" font-size="13" font-weight="600">${escapeXml(title)}</text>`,
    `<rect x="${margin}" y="${margin}" width="${cell * size}" height="${cell * size}" fill="${palette.hover}"/>`,
  ]
  order.forEach((truth, row) => {
    order.forEach((predicted, column) => {
      const count = countAt(matrix, truth, predicted)
      if (count === 0) return
      const strength = confusionStrength(shareAt(matrix, truth, predicted))
      const [x, y] = [margin + column * cell, margin + row * cell]
      const colour = row === column ? palette.accent : palette['series-2']
      const inner = cell - (cell > 6 ? 1 : 0)
      body.push(
        `<rect x="${x}" y="${y}" width="${inner}" height="${inner}" fill="${colour}" fill-opacity="${strength.toFixed(3)}"/>`,
      )
      if (cell < 20) return
      const ink = strength > 0.6 ? palette['on-accent'] : palette.text
      body.push(
        `<text x="${x + cell / 2}" y="${y + cell / 2 + 4}" text-anchor="middle" fill="${ink}">${count}</text>`,
      )
    })
  })
  if (size <= MOST_NAMED) {
    order.forEach((of, place) => {
      const middle = margin + (place + 0.5) * cell
      const name = escapeXml(names[of] ?? '')
      body.push(
        `<text x="${margin - 6}" y="${middle + 4}" text-anchor="end" fill="${palette['text-2']}">${name}</text>`,
        `<text transform="translate(${middle + 4} ${margin - 6}) rotate(-90)" fill="${palette['text-2']}">${name}</text>`,
      )
    })
  }
  return svgDocument({ width: side, height: side, background: palette.panel, title, body })
}
