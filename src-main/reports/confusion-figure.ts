import { confusionOf } from '#shared/metrics/confusion-matrix.ts'
import { escapeHtml } from './page.ts'

/** Labels beside the matrix are written up to this many classes; beyond, a cell tells its own. */
const LABELLED = 60
/**
 * Share of a class from which a cell tells its own where there are no labels. Of 400 classes there are
 * twenty thousand cells, of which most are a video or two.
 */
const TOLD = 0.05
const LABEL = 150
const SIZE = 620

export interface Confusion {
  classes: readonly string[]
  /** Sparse: true class, predicted class, count; and the next three numbers. */
  triples: readonly number[]
}

/** A confusion matrix as SVG: rows are true classes, shares of a row are shades. */
export function confusionFigure(title: string, { classes, triples }: Confusion): string {
  const labelled = classes.length <= LABELLED
  const left = labelled ? LABEL : 4
  const cell = Math.min(40, SIZE / classes.length)
  const top = left
  const across = cell * classes.length
  // Slanted names of the last columns reach beyond the matrix.
  const [width, height] = [left + across + (labelled ? LABEL / 2 : 4), top + across + 4]
  const { videos: totals } = confusionOf(triples, classes)
  const told: string[] = []
  const others: Cell[] = []
  for (const [truth, predicted, count] of inThrees(triples)) {
    const share = count / totals[truth]
    const kind = truth === predicted ? 'right' : 'wrong'
    if (!labelled && share < TOLD) {
      others.push({ truth, predicted, look: `class="${kind}" fill-opacity="${share.toFixed(2)}"` })
      continue
    }
    const said = `${classes[truth]} taken for ${classes[predicted]}: ${count} of ${totals[truth]}`
    told.push(
      `<rect class="${kind}" x="${(left + predicted * cell).toFixed(2)}" ` +
        `y="${(top + truth * cell).toFixed(2)}" width="${cell.toFixed(2)}" height="${cell.toFixed(2)}" ` +
        `fill-opacity="${share.toFixed(3)}"><title>${escapeHtml(said)}</title></rect>`,
    )
  }
  const at = `translate(${left} ${top}) scale(${cell.toFixed(4)})`
  const names = labelled ? classes.map((name, i) => drawName(name, i, left, top, cell)) : []
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="confusion" role="img" ` +
    `viewBox="0 0 ${width.toFixed(0)} ${height.toFixed(0)}" style="max-width: ${width.toFixed(0)}px" ` +
    `aria-label="${escapeHtml(title)}"><rect class="frame" x="${left}" y="${top}" ` +
    `width="${across.toFixed(2)}" height="${across.toFixed(2)}"/>` +
    `${drawTogether(others, at)}${told.join('')}${names.join('')}</svg>`
  )
}

interface Cell {
  truth: number
  predicted: number
  /** Attributes. */
  look: string
}

/** Cells of one look as one shape each, a tenth as long as a shape for each cell. */
function drawTogether(cells: readonly Cell[], transform: string): string {
  if (cells.length === 0) return ''
  const shapes = [...Map.groupBy(cells, ({ look }) => look)].map(([look, alike]) => {
    const outline = alike.map(({ truth, predicted }) => `M${predicted} ${truth}h1v1h-1z`)
    return `<path ${look} d="${outline.join('')}"/>`
  })
  return `<g transform="${transform}">${shapes.join('')}</g>`
}

function drawName(name: string, i: number, left: number, top: number, cell: number): string {
  const text = escapeHtml(name.length > 20 ? `${name.slice(0, 19)}…` : name)
  const at = (i + 0.5) * cell
  return (
    `<text class="end" x="${left - 8}" y="${(top + at + 4).toFixed(1)}">${text}</text>` +
    `<text transform="translate(${(left + at + 4).toFixed(1)} ${top - 8}) rotate(-60)">${text}</text>`
  )
}

function inThrees(triples: readonly number[]): [number, number, number][] {
  return Array.from({ length: Math.floor(triples.length / 3) }, (_, i) => {
    return [triples[3 * i], triples[3 * i + 1], triples[3 * i + 2]]
  })
}
