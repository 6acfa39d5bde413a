import type { Point } from '#shared/masks/mask.ts'

/**
 * Draws a line that is seen on any picture: dark below, light dashes above.
 * @param pixel one pixel of the screen, in the units of the points
 */
export function strokeOutline(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  { pixel, closed }: { pixel: number; closed: boolean },
): void {
  context.beginPath()
  for (const { x, y } of points) context.lineTo(x, y)
  if (closed) context.closePath()
  context.lineJoin = 'round'
  context.lineWidth = 3 * pixel
  context.strokeStyle = 'rgb(0 0 0 / 65%)'
  context.setLineDash([])
  context.stroke()
  context.lineWidth = 1.5 * pixel
  context.strokeStyle = '#fff'
  context.setLineDash([5 * pixel, 3 * pixel])
  context.stroke()
  context.setLineDash([])
}

/** Draws a corner that can be pressed; the first one of an outline larger. */
export function drawCorner(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  { pixel, first }: { pixel: number; first: boolean },
): void {
  context.beginPath()
  context.arc(x, y, (first ? 5 : 3) * pixel, 0, 2 * Math.PI)
  context.fillStyle = first ? '#ffd60a' : '#fff'
  context.strokeStyle = 'rgb(0 0 0 / 65%)'
  context.lineWidth = pixel
  context.fill()
  context.stroke()
}
