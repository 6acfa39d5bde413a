import { Readable } from 'node:stream'
import { createInflate } from 'node:zlib'
import { noPicture, type PngChunks } from './png-header.ts'
import { PngRows, type PngRow } from './png-rows.ts'

/** Unpacks a picture. @param take is given each row; it holds until the next */
export async function inflateRows(chunks: PngChunks, take: (row: PngRow) => void): Promise<void> {
  const rows = new PngRows(chunks.header)
  const packed = Readable.from(chunks.packed())
  const inflate = createInflate()
  packed.on('error', (error) => inflate.destroy(error))
  packed.pipe(inflate)
  try {
    // To the end, where the checksum is, but no further than a few bytes behind the last row.
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      if (rows.ended) throw noPicture('it has more rows than its header says')
      for (const row of rows.take(piece)) take(row)
    }
  } catch (error) {
    const isPacking = error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
    throw isPacking ? noPicture('its pixels are damaged') : error
  } finally {
    packed.destroy()
  }
  if (!rows.ended) throw noPicture('it has fewer rows than its header says')
}

/** A sample of a row, 0 to 2^depth - 1. @param depth bits a sample */
export function sampleAt(bytes: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return bytes[index]
  if (depth === 16) return bytes[2 * index] * 256 + bytes[2 * index + 1]
  const bit = index * depth
  return (bytes[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}
