import { centreSquare } from './centre-square.ts'
import { maskLayersOf } from './mask-shade.ts'

/** Draws frames with one mask: background dark and grey, foreground as it is, outlined. */
export class MaskPainter {
  #foreground: OffscreenCanvas
  #outline: OffscreenCanvas
  #cut: OffscreenCanvas

  constructor(mask: ImageBitmap) {
    const { width, height } = mask
    const reader = new OffscreenCanvas(width, height)
    const pixels = contextOf(reader)
    pixels.drawImage(mask, 0, 0)
    const layers = maskLayersOf(pixels.getImageData(0, 0, width, height).data, width)
    this.#foreground = canvasOf(layers.foreground, width, height)
    this.#outline = canvasOf(layers.outline, width, height)
    this.#cut = new OffscreenCanvas(width, height)
  }

  /** Draws the centre of a frame to the mask's size. */
  paint(frame: ImageBitmap, target: HTMLCanvasElement): void {
    const context = target.getContext('2d')
    if (!context) return
    const { width, height } = this.#foreground
    if (target.width !== width) target.width = width
    if (target.height !== height) target.height = height
    const [x, y, side] = centreSquare(frame.width, frame.height)
    context.filter = 'grayscale(1) brightness(0.35)'
    context.drawImage(frame, x, y, side, side, 0, 0, width, height)
    context.filter = 'none'

    const cut = contextOf(this.#cut)
    cut.globalCompositeOperation = 'copy'
    cut.drawImage(frame, x, y, side, side, 0, 0, width, height)
    cut.globalCompositeOperation = 'destination-in'
    cut.drawImage(this.#foreground, 0, 0)
    context.drawImage(this.#cut, 0, 0)
    context.drawImage(this.#outline, 0, 0)
  }
}

function canvasOf(
  pixels: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  contextOf(canvas).putImageData(new ImageData(pixels, width, height), 0, 0)
  return canvas
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('The browser gives no canvas to draw on: close other tabs.')
  return context
}
