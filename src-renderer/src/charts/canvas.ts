/** @throws Error where the browser has no memory left for it. */
export function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context)
    throw new Error('The browser did not provide a canvas to draw on. Close other tabs.')
  return context
}
