import { crc32 } from 'node:zlib'

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

export interface PngHeader {
  /** Pixels. */
  width: number
  height: number
  /** Colour type: 0 grey, 2 RGB, 3 indices into a palette. Each channel has 8 bits. */
  colour: 0 | 2 | 3
}

/**
 * A PNG file around pixels that are packed already (ISO/IEC 15948).
 * @param packed filtered rows, deflated
 * @param palette RGB of each index
 */
export function pngFile(
  { width, height, colour }: PngHeader,
  packed: Buffer,
  palette?: Buffer,
): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = colour
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', palette)] : []),
    chunk('IDAT', packed),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  out.set(body, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
