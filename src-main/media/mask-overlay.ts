/** Part of the background's brightness that stays. */
const DIMMED = 0.42
/** Part of the background's colour that stays. */
const COLOUR_LEFT = 0.15
const CONTOUR = [255, 214, 10] as const
/** Brightness of the line that sets the contour off from a light background. */
const SHADOW = 0.15
/** Pixels of the frame for one pixel of contour. */
const CONTOUR_PER_PIXELS = 240

/**
 * A frame with its mask shown on it: the foreground as it is, the background darker and almost
 * grey, between them a bright contour with a dark line outside.
 * @param frame [H, W, 3] RGB bytes
 * @param mask [H, W], 1 foreground
 * @returns [H, W, 3] RGB bytes
 */
export function overlayMask(
  frame: Uint8Array,
  mask: Uint8Array,
  height: number,
  width: number,
): Uint8Array {
  const out = new Uint8Array(frame.length)
  const reach = Math.max(1, Math.round(Math.min(height, width) / CONTOUR_PER_PIXELS))
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const atBorder = touchesOther(mask, y, x, height, width, reach)
      if (mask[pixel] === 0) writeBackground(frame, out, pixel, atBorder ? SHADOW : DIMMED)
      else if (atBorder) out.set(CONTOUR, pixel * 3)
      else out.set(frame.subarray(pixel * 3, pixel * 3 + 3), pixel * 3)
    }
  }
  return out
}

function writeBackground(frame: Uint8Array, out: Uint8Array, pixel: number, light: number): void {
  const i = pixel * 3
  const grey = 0.2989 * frame[i] + 0.587 * frame[i + 1] + 0.114 * frame[i + 2]
  for (let c = i; c < i + 3; c++) {
    out[c] = light * (grey + COLOUR_LEFT * (frame[c] - grey))
  }
}

/** Whether a pixel of the other kind lies within `reach` along a row or column. */
function touchesOther(
  mask: Uint8Array,
  y: number,
  x: number,
  height: number,
  width: number,
  reach: number,
): boolean {
  const pixel = y * width + x
  const own = mask[pixel]
  for (let r = 1; r <= reach; r++) {
    if (y >= r && mask[pixel - r * width] !== own) return true
    if (y + r < height && mask[pixel + r * width] !== own) return true
    if (x >= r && mask[pixel - r] !== own) return true
    if (x + r < width && mask[pixel + r] !== own) return true
  }
  return false
}
