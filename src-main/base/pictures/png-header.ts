/**
 * The parts of a PNG picture (ISO/IEC 15948) that its pixels depend on: the header, transparency,
 * and the packed pixels, read in pieces.
 */
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { readAt } from '../files/input-file.ts'

/** A picture that cannot be read: the message says why. */
export class PictureError extends Error {
  override name = 'PictureError'
}

/** Pixels of a picture that is read: more than one of 7,680 x 4,320 has. */
export const MOST_PIXELS = 2 ** 25

/** Colour types. */
export const GREY = 0
export const RGB = 2
export const PALETTE = 3
export const GREY_ALPHA = 4
export const RGB_ALPHA = 6

export interface PngHeader {
  width: number
  height: number
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  depth: number
  colour: number
  interlaced: boolean
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** Bytes read at a time. */
const PIECE = 65_536
/** The bit depths that each colour type may have. */
const DEPTHS: Record<number, readonly number[]> = {
  [GREY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  [GREY_ALPHA]: [8, 16],
  [RGB_ALPHA]: [8, 16],
}
const SAMPLES: Record<number, number> = {
  [GREY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GREY_ALPHA]: 2,
  [RGB_ALPHA]: 4,
}

export function samplesOf({ colour }: PngHeader): number {
  return SAMPLES[colour]
}

/** A PNG file, chunk by chunk. Nothing but what is asked for is read. */
export class PngChunks {
  readonly header: PngHeader
  /** The one sample value of each channel that is transparent; null where there is none. */
  transparent: number[] | null = null
  private readonly handle: FileHandle
  private at: number

  private constructor(handle: FileHandle, header: PngHeader, at: number) {
    this.handle = handle
    this.header = header
    this.at = at
  }

  /** @throws PictureError when it is no PNG picture or has too many pixels; EndsEarlyError */
  static async open(handle: FileHandle): Promise<PngChunks> {
    const begin = await readAt(handle, 0, SIGNATURE.length)
    if (!begin.equals(SIGNATURE)) throw noPicture('it is not a PNG file; save it as PNG')
    const chunk = await readChunk(handle, SIGNATURE.length)
    if (chunk.type !== 'IHDR' || chunk.length !== 13) throw noPicture('it has no header')
    const data = await checkedData(handle, chunk)
    return new PngChunks(handle, headerOf(data), chunk.next)
  }

  /** The packed pixels, piece by piece, after everything that stands before them. */
  async *packed(): AsyncGenerator<Buffer, void, undefined> {
    for (let began = false; ;) {
      const chunk = await readChunk(this.handle, this.at)
      this.at = chunk.next
      if (chunk.type === 'IDAT') {
        began = true
        yield* this.data(chunk)
      } else if (began || chunk.type === 'IEND') return
      else if (chunk.type === 'tRNS') await this.takeTransparency(chunk)
    }
  }

  private async *data(chunk: Chunk): AsyncGenerator<Buffer, void, undefined> {
    let sum = crc32(chunk.type)
    for (let at = 0; at < chunk.length; at += PIECE) {
      const length = Math.min(PIECE, chunk.length - at)
      const piece = await readAt(this.handle, chunk.data + at, length)
      sum = crc32(piece, sum)
      yield piece
    }
    await checkSum(this.handle, chunk, sum)
  }

  private async takeTransparency(chunk: Chunk): Promise<void> {
    const { colour } = this.header
    // A label is the index into the palette, whatever it looks like.
    if (colour !== GREY && colour !== RGB) return
    if (chunk.length !== 2 * samplesOf(this.header))
      throw noPicture('its transparency is malformed')
    const data = await checkedData(this.handle, chunk)
    this.transparent = Array.from({ length: samplesOf(this.header) }, (_, i) =>
      data.readUInt16BE(2 * i),
    )
  }
}

interface Chunk {
  type: string
  /** Bytes of its data, and where they and the next chunk begin. */
  length: number
  data: number
  next: number
}

async function readChunk(handle: FileHandle, at: number): Promise<Chunk> {
  const head = await readAt(handle, at, 8)
  const length = head.readUInt32BE(0)
  return { type: head.toString('latin1', 4), length, data: at + 8, next: at + 12 + length }
}

async function checkedData(handle: FileHandle, chunk: Chunk): Promise<Buffer> {
  const data = await readAt(handle, chunk.data, chunk.length)
  await checkSum(handle, chunk, crc32(data, crc32(chunk.type)))
  return data
}

async function checkSum(handle: FileHandle, { next, type }: Chunk, sum: number): Promise<void> {
  const own = await readAt(handle, next - 4, 4)
  if (own.readUInt32BE(0) !== sum) throw noPicture(`its ${type} part is damaged`)
}

function headerOf(data: Buffer): PngHeader {
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)]
  const [depth, colour, compression, filter, interlace] = data.subarray(8)
  if (!DEPTHS[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw noPicture('its header is malformed')
  }
  if (width === 0 || height === 0) throw noPicture('it has no pixels')
  if (width * height > MOST_PIXELS) {
    throw new PictureError(
      `Its picture has ${width} x ${height} pixels; up to ${MOST_PIXELS} are read.`,
    )
  }
  return { width, height, depth, colour, interlaced: interlace === 1 }
}

export function noPicture(reason: string): PictureError {
  return new PictureError(`Its picture cannot be read: ${reason}.`)
}
