import { deflateSync } from 'node:zlib'
import { pngFile } from '../../base/pictures/png-file.ts'

/** Frames side by side in one picture. */
export interface Strip {
  /** [T, H, W, C] bytes. */
  data: Uint8Array
  frames: number
  /** Of a frame, in pixels. */
  height: number
  width: number
  /** C: 1 gray, 3 RGB. */
  channels: 1 | 3
}

/** Filter type 2 of PNG: each byte less the one above it. */
const UP = 2

/**
 * A strip as PNG of H x (T * W) pixels, 8 bits a channel (ISO/IEC 15948). No library for pictures is
 * loaded for it: TensorFlow does not bear every other native library in its process.
 */
export function stripPng(strip: Strip): Buffer {
  const { frames, height, width, channels } = strip
  const colour = channels === 1 ? 0 : 2
  const packed = deflateSync(filteredRows(strip))
  return pngFile({ width: frames * width, height, colour }, packed)
}

/** The rows of a PNG's pixels, each with its filter, not yet packed. */
export function filteredRows({ data, frames, height, width, channels }: Strip): Buffer {
  const part = width * channels
  const row = frames * part
  const out = Buffer.alloc(height * (row + 1))
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1)
    out[start] = UP
    for (let t = 0; t < frames; t++) {
      const from = (t * height + y) * part
      for (let i = 0; i < part; i++) {
        const above = y === 0 ? 0 : data[from - part + i]
        out[start + 1 + t * part + i] = data[from + i] - above
      }
    }
  }
  return out
}
