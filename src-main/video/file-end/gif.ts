import type { ByteReader } from './byte-reader.ts'
import type { Missing } from './missing.ts'

const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b]

/**
 * GIF (89a, sections 17 to 27): a head, then extensions and images of sub-blocks with a length each,
 * then a trailer.
 */
export function missingOfGif(file: ByteReader): Missing {
  let at = 13 + colourTable(file.byte(10))
  while (at < file.size) {
    const kind = file.byte(at)
    if (kind === TRAILER) return 'nothing'
    if (kind === EXTENSION) at = afterSubBlocks(file, at + 2)
    else if (kind === IMAGE) at = afterSubBlocks(file, at + 11 + colourTable(file.byte(at + 9)))
    // FFmpeg passes over what is neither; what it decodes tells more than these bytes.
    else return 'nothing'
  }
  return at === file.size ? 'end' : 'pictures'
}

/** Bytes of the table of colours that follows a head with these flags. */
function colourTable(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)
}

/** Where the sub-blocks from `at` on end; behind the end of the file where they do not. */
function afterSubBlocks(file: ByteReader, at: number): number {
  for (;;) {
    const length = file.byte(at)
    if (length < 0) return file.size + 1
    at += 1 + length
    if (length === 0) return at
  }
}
