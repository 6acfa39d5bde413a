import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clipStripSchema, type ClipStrip } from '#shared/contract/clip-strip.ts'
import { writeAtomic } from '../base/files/atomic-write.ts'

/** A strip and its raster: u8 RGB, [clips * rows * side, frames * side, 3]. */
export interface StripPicture {
  strip: ClipStrip
  pixels: Uint8Array
}

/** Bytes before the header: its length as a little-endian u32. */
const PREFIX = 4
/** A longer header is not one of ours. */
const LONGEST_HEADER = 1_000_000

/** Where a run keeps the newest strip: length, JSON header, raster. */
export function clipStripFile(folder: string): string {
  return join(folder, 'clips.strip')
}

/** Takes the place of the strip before it; one that is cut short by a kill is never seen. */
export async function writeClipStrip(
  folder: string,
  { strip, pixels }: StripPicture,
): Promise<void> {
  const header = Buffer.from(JSON.stringify(strip))
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32LE(header.length)
  // The next strip comes with the next preview.
  const whole = Buffer.concat([prefix, header, pixels])
  await writeAtomic(clipStripFile(folder), whole, { flush: 'none' })
}

/** The strip that a run has kept; null when it has none, or none that is whole. */
export async function readClipStrip(folder: string): Promise<ClipStrip | null> {
  const file = await open(clipStripFile(folder)).catch(() => null)
  if (!file) return null
  try {
    const { buffer: prefix } = await file.read(Buffer.alloc(PREFIX), 0, PREFIX, 0)
    const length = Math.min(prefix.readUInt32LE(), LONGEST_HEADER)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, PREFIX)
    const strip = headerOf(buffer)
    const { size } = await file.stat()
    return strip && size === PREFIX + length + rasterBytes(strip) ? strip : null
  } finally {
    await file.close()
  }
}

/** The same with its raster. */
export async function readStripPicture(folder: string): Promise<StripPicture | null> {
  const bytes = await readFile(clipStripFile(folder)).catch(() => null)
  if (!bytes || bytes.length < PREFIX) return null
  const end = PREFIX + bytes.readUInt32LE()
  const strip = headerOf(bytes.subarray(PREFIX, end))
  const pixels = bytes.subarray(end)
  return strip && pixels.length === rasterBytes(strip) ? { strip, pixels } : null
}

/** Pixels of a strip's raster. */
export function rasterSize({ side, frames, rows, clips }: ClipStrip): {
  width: number
  height: number
} {
  return { width: frames * side, height: clips.length * rows.length * side }
}

function rasterBytes(strip: ClipStrip): number {
  const { width, height } = rasterSize(strip)
  return width * height * 3
}

function headerOf(bytes: Buffer): ClipStrip | null {
  try {
    return clipStripSchema.parse(JSON.parse(bytes.toString()))
  } catch {
    return null
  }
}
