/** Where the picture lies on the stage, and what of it is in sight. */
export interface Size {
  width: number
  height: number
}

/** Video pixel (0, 0) lies at (x, y) of its cell; a video pixel is `scale` pixels of the page. */
export interface StageView {
  scale: number
  x: number
  y: number
}

/** A part of the stage that shows the whole picture; pixels of the page. */
export interface Cell extends Size {
  x: number
  y: number
}

export interface Place {
  x: number
  y: number
}

/** Pixels of the page between cells. */
const GAP = 6
/** Greatest magnification: a video pixel is then as large as a button. */
const LARGEST = 40
/** A picture that is zoomed out fills at least this part of what fits. */
const LEAST_OF_FIT = 0.5

/** The whole picture in the middle of the cell. */
export function fitView(picture: Size, cell: Size): StageView {
  const scale = Math.min(cell.width / picture.width, cell.height / picture.height)
  return centred(picture, cell, scale)
}

/** The picture at `scale`, its middle in the middle of the cell. */
export function centred(picture: Size, cell: Size, scale: number): StageView {
  return {
    scale,
    x: (cell.width - picture.width * scale) / 2,
    y: (cell.height - picture.height * scale) / 2,
  }
}

/** Magnified by `factor` about a place of the cell, which keeps its video pixel. */
export function zoomAt(
  view: StageView,
  factor: number,
  at: Place,
  picture: Size,
  cell: Size,
): StageView {
  const fit = fitView(picture, cell).scale
  const scale = Math.min(Math.max(LARGEST, fit), Math.max(fit * LEAST_OF_FIT, view.scale * factor))
  const ratio = scale / view.scale
  const moved = { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio }
  return keepInSight(moved, picture, cell)
}

/** A picture smaller than the cell lies in its middle; of a larger one no edge passes the middle. */
export function keepInSight(view: StageView, picture: Size, cell: Size): StageView {
  const inSight = (at: number, side: number, room: number) =>
    side <= room ? (room - side) / 2 : Math.min(room / 2, Math.max(room / 2 - side, at))
  return {
    scale: view.scale,
    x: inSight(view.x, picture.width * view.scale, cell.width),
    y: inSight(view.y, picture.height * view.scale, cell.height),
  }
}

/** The place in video pixels, not rounded, of a place in the cell. */
export function toVideo(view: StageView, { x, y }: Place): Place {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale }
}

/** Cells for `count` pictures, in as many columns as show them largest. */
export function cellsOf(count: number, stage: Size, picture: Size): Cell[] {
  const grids = Array.from({ length: count }, (_, i) => gridOf(i + 1, count, stage))
  const best = grids.reduce((a, b) =>
    fitView(picture, b[0]).scale > fitView(picture, a[0]).scale ? b : a,
  )
  return best.slice(0, count)
}

function gridOf(columns: number, count: number, stage: Size): Cell[] {
  const rows = Math.ceil(count / columns)
  const width = Math.max(1, (stage.width - GAP * (columns - 1)) / columns)
  const height = Math.max(1, (stage.height - GAP * (rows - 1)) / rows)
  return Array.from({ length: columns * rows }, (_, i) => ({
    x: (i % columns) * (width + GAP),
    y: Math.floor(i / columns) * (height + GAP),
    width,
    height,
  }))
}

/** The cell at a place of the stage, or the nearest. */
export function cellAt(cells: readonly Cell[], { x, y }: Place): Cell | undefined {
  const distance = (cell: Cell) =>
    Math.hypot(
      Math.max(cell.x - x, 0, x - cell.x - cell.width),
      Math.max(cell.y - y, 0, y - cell.y - cell.height),
    )
  return cells.reduce<Cell | undefined>(
    (best, cell) => (best && distance(best) <= distance(cell) ? best : cell),
    undefined,
  )
}
