import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folder = new URL('../../fixtures/videos/', import.meta.url).pathname

export interface Reference {
  width: number
  height: number
  codec: string
  pixelFormat: string
  fps: number
  headerFrames: number
  frames: number
  duration: number
  /** Frame number to mean R, G, B of 4 x 4 cells, row by row: [4 * 4 * 3]. */
  cells: Record<string, number[]>
}

/** What FFmpeg's command line says of each fixture. */
export const reference = JSON.parse(readFileSync(`${folder}reference.json`, 'utf8')) as Record<
  string,
  Reference
>

/** What FFmpeg's command line says of the small files in `counts`, by their names there. */
export const counts = JSON.parse(readFileSync(`${folder}counts/reference.json`, 'utf8')) as Record<
  string,
  Pick<Reference, 'frames' | 'pixelFormat'> & { headerFrames: number | null; rotation: number }
>

export const fixture = (name: string): string => join(folder, name)

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fame-video-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Overwrites `length` bytes from `from` with noise that is the same every time. */
export function scramble(bytes: Uint8Array, from: number, length: number): Uint8Array {
  const damaged = Uint8Array.from(bytes)
  let state = 1
  for (let i = from; i < from + length; i++) {
    state = (state * 48271) % 2147483647
    damaged[i] = state & 255
  }
  return damaged
}

/** Mean R, G, B of 4 x 4 cells, row by row, of frame `index` of u8 [N, H, W, 3]. */
export function cellMeans(data: Uint8Array, width: number, height: number, index: number) {
  const sums = new Float64Array(48)
  const counts = new Float64Array(16)
  const from = index * width * height * 3
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * 4) / height) * 4 + Math.floor((x * 4) / width)
      counts[cell]!++
      for (let c = 0; c < 3; c++) {
        sums[cell * 3 + c]! += data[from + (y * width + x) * 3 + c]!
      }
    }
  }
  return Array.from(sums, (sum, i) => sum / counts[Math.floor(i / 3)]!)
}

/** The bytes of one frame of some. */
export function frameOf(all: { data: Uint8Array; frames: number }, index: number): Buffer {
  const bytes = all.data.length / all.frames
  return Buffer.from(all.data.buffer, all.data.byteOffset + index * bytes, bytes)
}
