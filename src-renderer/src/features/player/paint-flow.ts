import { fullMotion, motionOf, paintMotion } from '#shared/flow/colours.ts'

/**
 * A flow field in the colours of the wheel; what does not move is transparent.
 * @param field [2, H, W] as `packFlow` writes it
 * @param rgba [H, W, 4]
 */
export function paintFlow(
  field: Uint8Array,
  size: { width: number; height: number },
  rgba: Uint8ClampedArray,
): void {
  const pixels = size.width * size.height
  const full = fullMotion(size)
  for (let i = 0; i < pixels; i++) {
    paintMotion(motionOf(field[i]), motionOf(field[pixels + i]), full, rgba, 4 * i)
  }
}

/** The wheel itself, on a square of so many pixels: motions from the middle to the rim. */
export function paintWheel(side: number, rgba: Uint8ClampedArray): void {
  const radius = side / 2
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const u = (x + 0.5) / radius - 1
      const v = (y + 0.5) / radius - 1
      paintMotion(u, v, 1, rgba, 4 * i)
      // The rim fades over one pixel.
      rgba[4 * i + 3] *= Math.min(1, Math.max(0, (1 - Math.hypot(u, v)) * radius + 0.5))
    }
  }
}
