/** Moving test pictures: a textured square crossing a gradient. RGB u8 [H, W, 3]. */
export function* movingSquare(
  width: number,
  height: number,
  frames: number,
): Generator<Uint8Array> {
  for (let t = 0; t < frames; t++) {
    const pixels = new Uint8Array(width * height * 3) // [H, W, 3]
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (y * width + x) * 3
        const inside = x >= t && x < t + 24 && y >= 20 && y < 44
        pixels[at] = inside ? 200 : 40 + Math.round((x / width) * 80)
        pixels[at + 1] = inside ? 60 + ((x - t) >> 2) * 8 : 90
        pixels[at + 2] = 120 + Math.round((y / height) * 60)
      }
    }
    yield pixels
  }
}

/** A disc that grows with time, 0 or 255. Gray u8 [H, W]. */
export function* growingDisc(width: number, height: number, frames: number): Generator<Uint8Array> {
  for (let t = 0; t < frames; t++) {
    const pixels = new Uint8Array(width * height) // [H, W]
    for (let i = 0; i < pixels.length; i++) {
      const dx = (i % width) - width / 2
      const dy = Math.floor(i / width) - height / 2
      pixels[i] = dx * dx + dy * dy < (t + 4) ** 2 ? 255 : 0
    }
    yield pixels
  }
}
