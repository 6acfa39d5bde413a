/** Colours of objects in the order of their labels, RGB; after eight they come again. */
const OBJECTS = [
  [0, 176, 196],
  [240, 140, 40],
  [140, 110, 240],
  [90, 190, 80],
  [235, 80, 150],
  [225, 200, 50],
  [70, 130, 230],
  [230, 70, 60],
] as const

/** The colour of an object, counted from 1. */
export function objectColour(label: number): readonly [number, number, number] {
  return OBJECTS[(label - 1) % OBJECTS.length]
}

/**
 * Labels in the colours of their objects, on nothing.
 * @param grey [N, 4] RGBA; red is the label
 * @returns [N, 4] RGBA
 */
export function labelPixels(grey: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(grey.length)
  for (let i = 0; i < grey.length; i += 4) {
    const label = grey[i] ?? 0
    if (label === 0) continue
    rgba.set(objectColour(label), i)
    rgba[i + 3] = 255
  }
  return rgba
}

/**
 * The inner edges of labels, white on nothing.
 * @param grey [H, W, 4] RGBA of frames side by side; red is the label
 * @param width W
 * @param frame width of a frame: what lies in another one is no neighbour
 */
export function labelEdges(
  grey: Uint8ClampedArray,
  width: number,
  frame: number,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(grey.length)
  const labelAt = (i: number) => grey[4 * i] ?? 0
  const pixels = grey.length / 4
  for (let i = 0; i < pixels; i++) {
    const label = labelAt(i)
    if (label === 0) continue
    const x = (i % width) % frame
    const isEdge =
      (x > 0 && labelAt(i - 1) !== label) ||
      (x < frame - 1 && labelAt(i + 1) !== label) ||
      (i >= width && labelAt(i - width) !== label) ||
      (i + width < pixels && labelAt(i + width) !== label)
    if (isEdge) rgba.fill(255, 4 * i, 4 * i + 4)
  }
  return rgba
}
