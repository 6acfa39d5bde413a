/** How a matrix lies in its plot: CSS pixels a cell, and where its first cell starts. */
export interface ConfusionView {
  cell: number
  x: number
  y: number
}
/** Room for names beside the cells and for the cells, in CSS pixels. */
export interface ConfusionPlot {
  left: number
  top: number
  width: number
  height: number
}

const LARGEST_CELL = 64

/** All of it, as large as it fits; small matrices do not grow beyond `largest`. */
export function wholeMatrix(size: number, plot: ConfusionPlot, largest = 56): ConfusionView {
  const cell = Math.min(largest, Math.min(plot.width, plot.height) / Math.max(1, size))
  return { cell, x: 0, y: 0 }
}

/** Moved so that no empty room shows where there are cells to show. */
function settled(view: ConfusionView, size: number, plot: ConfusionPlot): ConfusionView {
  const side = view.cell * size
  const within = (at: number, room: number) => Math.min(0, Math.max(at, Math.min(0, room - side)))
  return { cell: view.cell, x: within(view.x, plot.width), y: within(view.y, plot.height) }
}

/** Magnified about a point of the plot; never smaller than the whole. */
export function zoomed(
  view: ConfusionView,
  by: number,
  at: { x: number; y: number },
  { size, plot }: { size: number; plot: ConfusionPlot },
): ConfusionView {
  const least = wholeMatrix(size, plot).cell
  const cell = Math.min(Math.max(LARGEST_CELL, least), Math.max(least, view.cell * by))
  const scale = cell / view.cell
  const moved = { cell, x: at.x - (at.x - view.x) * scale, y: at.y - (at.y - view.y) * scale }
  return settled(moved, size, plot)
}

export function panned(
  view: ConfusionView,
  by: { x: number; y: number },
  { size, plot }: { size: number; plot: ConfusionPlot },
): ConfusionView {
  return settled({ cell: view.cell, x: view.x + by.x, y: view.y + by.y }, size, plot)
}

/** The row and column under a point of the plot; null where there is none. */
export function cellUnder(
  view: ConfusionView,
  at: { x: number; y: number },
  { size, plot }: { size: number; plot: ConfusionPlot },
): { row: number; column: number } | null {
  if (at.x < 0 || at.y < 0 || at.x >= plot.width || at.y >= plot.height) return null
  const column = Math.floor((at.x - view.x) / view.cell)
  const row = Math.floor((at.y - view.y) / view.cell)
  return row >= 0 && column >= 0 && row < size && column < size ? { row, column } : null
}
