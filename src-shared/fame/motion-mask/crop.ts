/** A part of a canvas, in pixels. */
export interface Box {
  left: number
  top: number
  height: number
  width: number
}

interface Size {
  height: number
  width: number
}

/** The least box around what a mask has, with so many pixels more to each side where there are any. */
export function boxAround(mask: Uint8Array, { height, width }: Size, margin: number): Box {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 0) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = y
    }
  }
  const startX = Math.max(0, left - margin)
  const startY = Math.max(0, top - margin)
  return {
    left: startX,
    top: startY,
    width: Math.min(width, right + margin + 1) - startX,
    height: Math.min(height, bottom + margin + 1) - startY,
  }
}

/**
 * The same part of every plane.
 * @param planes [N, H, W, C] @param channels C
 * @returns [N, box height, box width, C]
 */
export function cropPlanes<Planes extends Uint8Array | Float32Array>(
  planes: Planes,
  { height, width }: Size,
  box: Box,
  channels = 1,
): Planes {
  const count = planes.length / (height * width * channels)
  const line = box.width * channels
  const length = count * box.height * line
  const part = (
    planes instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)
  ) as Planes
  for (let n = 0, to = 0; n < count; n++) {
    for (let y = 0; y < box.height; y++, to += line) {
      const from = ((n * height + box.top + y) * width + box.left) * channels
      part.set(planes.subarray(from, from + line), to)
    }
  }
  return part
}
