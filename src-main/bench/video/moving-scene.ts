import { Rng } from '#shared/random/rng.ts'

/** Pixels of a side of the texture. */
const TEXTURE = 2048

export interface Scene {
  /** Pixels; the width at most 1440, the height at most 720. */
  width: number
  height: number
  frames: number
  /** 0 to 7: another part of the texture, panned from another place. Default 0. */
  number?: number
}

/** A textured ground that pans, and a textured square that crosses it. RGB u8 [H, W, 3]. */
export function* movingScene({ width, height, frames, number = 0 }: Scene): Generator<Uint8Array> {
  const texture = noise()
  const row = width * 3
  const side = Math.round(height / 3)
  for (let t = 0; t < frames; t++) {
    const pixels = new Uint8Array(height * row) // [H, W, 3]
    const pan = Math.round(300 + 280 * Math.sin(t / 40 + number))
    const left = Math.round(((100 + t) * width) / 1280)
    const top = Math.round(((200 + 100 * Math.cos(t / 25)) * height) / 720)
    for (let y = 0; y < height; y++) {
      copyRow(pixels, y * row, texture, y + 160 * number, pan, width)
      if (y < top || y >= top + side) continue
      copyRow(pixels, y * row + left * 3, texture, 1000 + y - top, 1200, Math.round(width / 4))
    }
    yield pixels
  }
}

function copyRow(
  to: Uint8Array,
  at: number,
  texture: Uint8Array,
  y: number,
  x: number,
  width: number,
): void {
  const from = (y * TEXTURE + x) * 3
  to.set(texture.subarray(from, from + width * 3), at)
}

let made: Uint8Array | null = null

/** Spots of colour of several sizes. RGB u8 [TEXTURE, TEXTURE, 3]. */
function noise(): Uint8Array {
  if (made) return made
  const rng = new Rng(1)
  const spots = Array.from({ length: 256 * 256 * 3 }, () => rng.uniform())
  const pixels = new Uint8Array(TEXTURE * TEXTURE * 3)
  for (let y = 0; y < TEXTURE; y++) {
    for (let x = 0; x < TEXTURE; x++) {
      for (let c = 0; c < 3; c++) {
        const spot = (scale: number) =>
          spots[((((y >> scale) & 255) << 8) | ((x >> scale) & 255)) * 3 + c]
        pixels[(y * TEXTURE + x) * 3 + c] = 40 + 110 * spot(6) + 60 * spot(4) + 30 * spot(2)
      }
    }
  }
  made = pixels
  return pixels
}
