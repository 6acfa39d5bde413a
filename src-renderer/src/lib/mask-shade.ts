/** The outline's colour, RGB. */
const OUTLINE = [255, 214, 10] as const

export interface MaskLayers {
  /** Opaque where the mask is foreground, else transparent. */
  foreground: Uint8ClampedArray<ArrayBuffer>
  /** The border of the foreground, one pixel wide. */
  outline: Uint8ClampedArray<ArrayBuffer>
}

/**
 * What is needed to draw a frame with its mask: all three are RGBA, row-major.
 * @param mask white for foreground, black for background
 * @param width pixels in a row
 */
export function maskLayersOf(mask: Uint8ClampedArray, width: number): MaskLayers {
  const foreground = new Uint8ClampedArray(mask.length)
  const outline = new Uint8ClampedArray(mask.length)
  const row = 4 * width
  const isForeground = (at: number) => (mask[at] ?? 0) > 127
  for (let at = 0; at < mask.length; at += 4) {
    if (!isForeground(at)) continue
    foreground[at + 3] = 255
    const column = (at / 4) % width
    const isBorder =
      !isForeground(at - row) ||
      !isForeground(at + row) ||
      (column > 0 && !isForeground(at - 4)) ||
      (column < width - 1 && !isForeground(at + 4))
    if (isBorder) outline.set([...OUTLINE, 255], at)
  }
  return { foreground, outline }
}
