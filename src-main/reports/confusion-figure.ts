import { text, type Shape } from '#shared/figures/figure.ts'
import { figureAsElement } from '#shared/figures/svg.ts'
import { confusionOf } from '#shared/metrics/confusion-matrix.ts'

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

interface Cell {
  truth: number
  predicted: number
  kind: 'right' | 'wrong'
  /** Of the videos of the true class, [0, 1]. */
  share: number
  said: string
}

/** A confusion matrix as SVG: rows are true classes, shares of a row are shades. */
export function confusionFigure(title: string, confusion: Confusion): string {
  const { classes } = confusion
  const labelled = classes.length <= LABELLED
  const left = labelled ? LABEL : 4
  const cell = Math.min(40, SIZE / classes.length)
  const across = cell * classes.length
  // Slanted names of the last columns reach beyond the matrix.
  const [width, height] = [left + across + (labelled ? LABEL / 2 : 4), left + across + 4].map(
    Math.round,
  )
  const cells = cellsOf(confusion)
  const shapes: Shape[] = [
    { tag: 'rect', attrs: { class: 'frame', x: left, y: left, width: across, height: across } },
    ...(labelled
      ? []
      : drawTogether(
          cells.filter(({ share }) => share < TOLD),
          left,
          cell,
        )),
    ...cells
      .filter(({ share }) => labelled || share >= TOLD)
      .map((one): Shape => {
        const [x, y] = [left + one.predicted * cell, left + one.truth * cell]
        const look = { class: one.kind, 'fill-opacity': one.share }
        return { tag: 'rect', attrs: { ...look, x, y, width: cell, height: cell }, hint: one.said }
      }),
    ...(labelled ? classes.flatMap((name, i) => nameShapes(name, i, left, cell)) : []),
  ]
  const look = { class: 'confusion', style: `max-width: ${width}px` }
  return figureAsElement({ width, height, title, shapes }, look)
}

function cellsOf({ classes, triples }: Confusion): Cell[] {
  const { videos: totals } = confusionOf(triples, classes)
  return inThrees(triples).map(([truth, predicted, count]) => ({
    truth,
    predicted,
    kind: truth === predicted ? 'right' : 'wrong',
    share: count / totals[truth],
    said: `${classes[truth]} predicted as ${classes[predicted]}: ${count} of ${totals[truth]}`,
  }))
}

/** Cells of one look as one shape each, a tenth as long as a shape for each cell. */
function drawTogether(cells: readonly Cell[], left: number, cell: number): Shape[] {
  const looks = Map.groupBy(cells, ({ kind, share }) => `${kind} ${share.toFixed(2)}`)
  const transform = `translate(${left} ${left}) scale(${cell.toFixed(4)})`
  return [...looks.values()].map(([first, ...others]) => {
    const d = [first, ...others].map(({ truth, predicted }) => `M${predicted} ${truth}h1v1h-1z`)
    const look = { class: first.kind, 'fill-opacity': first.share }
    return { tag: 'path', attrs: { ...look, d: d.join(''), transform } }
  })
}

function nameShapes(name: string, i: number, left: number, cell: number): Shape[] {
  const short = name.length > 20 ? `${name.slice(0, 19)}…` : name
  const at = left + (i + 0.5) * cell + 4
  const slanted = `translate(${at.toFixed(1)} ${left - 8}) rotate(-60)`
  return [
    text(short, left - 8, at, { class: 'end' }),
    { tag: 'text', attrs: { transform: slanted }, text: short },
  ]
}

function inThrees(triples: readonly number[]): [number, number, number][] {
  return Array.from({ length: Math.floor(triples.length / 3) }, (_, i) => {
    return [triples[3 * i], triples[3 * i + 1], triples[3 * i + 2]]
  })
}
