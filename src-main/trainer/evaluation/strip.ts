import { crc32, deflateSync } from 'node:zlib'

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

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const GRAY = 0
const RGB = 2
/** Filter type 2 of PNG: each byte less the one above it. */
const UP = 2

/**
 * A strip as PNG of H x (T * W) pixels, 8 bits a channel (ISO/IEC 15948). No library for pictures is
 * loaded for it: TensorFlow does not bear every other native library in its process.
 */
export function stripPng(strip: Strip): Buffer {
  const { frames, height, width, channels } = strip
  const header = Buffer.alloc(13)
  header.writeUInt32BE(frames * width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = channels === 1 ? GRAY : RGB
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filteredRows(strip))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function filteredRows({ data, frames, height, width, channels }: Strip): Buffer {
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

function chunk(type: string, body: Buffer): Buffer {
  const head = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const framed = Buffer.alloc(head.length + 8)
  framed.writeUInt32BE(body.length, 0)
  head.copy(framed, 4)
  framed.writeUInt32BE(crc32(head), head.length + 4)
  return framed
}
