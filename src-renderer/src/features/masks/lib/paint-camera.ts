import type { CameraGrid, CameraPoint } from './camera-grid.ts'

const REST = 'rgb(255 255 255 / 55%)'
const MOVED = '#ffb02e'
const DARK = 'rgb(0 0 0 / 60%)'

/**
 * Draws where a grid lies before and after the camera's motion, and an arrow from each of its points.
 * @param pixel one of the screen, in those of the video
 */
export function paintCamera(
  context: CanvasRenderingContext2D,
  { rows }: CameraGrid,
  { opacity, pixel }: { opacity: number; pixel: number },
): void {
  context.save()
  context.globalAlpha = opacity
  const resting = rows.map((row) => row.map(({ x, y }) => [x, y] as const))
  const moved = rows.map((row) => row.map(({ toX, toY }) => [toX, toY] as const))
  strokeGrid(context, resting, REST, pixel)
  strokeGrid(context, moved, DARK, 2.5 * pixel)
  strokeGrid(context, moved, MOVED, pixel)
  for (const row of rows) for (const point of row) strokeArrow(context, point, pixel)
  context.restore()
}

type Points = readonly (readonly (readonly [number, number])[])[]

function strokeGrid(
  context: CanvasRenderingContext2D,
  rows: Points,
  colour: string,
  width: number,
): void {
  context.beginPath()
  const columns = rows[0]?.map((_, column) => rows.map((row) => row[column])) ?? []
  for (const line of [...rows, ...columns]) {
    line.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
  }
  context.strokeStyle = colour
  context.lineWidth = width
  context.stroke()
}

function strokeArrow(
  context: CanvasRenderingContext2D,
  { x, y, toX, toY }: CameraPoint,
  pixel: number,
): void {
  const length = Math.hypot(toX - x, toY - y)
  if (length < 2 * pixel) return
  const angle = Math.atan2(toY - y, toX - x)
  const head = Math.min(6 * pixel, length / 2)
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(toX, toY)
  for (const side of [-0.45, 0.45]) {
    context.moveTo(toX, toY)
    context.lineTo(toX - head * Math.cos(angle + side), toY - head * Math.sin(angle + side))
  }
  for (const [colour, width] of [
    [DARK, 4],
    ['#fff', 1.8],
  ] as const) {
    context.strokeStyle = colour
    context.lineWidth = width * pixel
    context.stroke()
  }
}
