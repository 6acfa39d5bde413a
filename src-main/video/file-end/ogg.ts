import type { ByteReader } from './byte-reader.ts'
import type { Missing } from './missing.ts'

/** Bytes before a page's table of segments, and of the largest page (RFC 3533). */
const HEAD = 27
const LARGEST_PAGE = HEAD + 255 + 255 * 255
/** The flag of the page that ends a stream. */
const END_OF_STREAM = 4

/**
 * Ogg: pages, of which the last of every stream is marked as such. The last pages of the file are
 * found from behind, since a long file has hundreds of thousands of them.
 */
export function missingOfOgg(file: ByteReader): Missing {
  const from = Math.max(0, file.size - 2 * LARGEST_PAGE)
  for (let at = from; at < file.size; at++) {
    if (!isPage(file, at)) continue
    const end = lastPage(file, at)
    if (end !== null) return end
  }
  // The end of the file holds something other than pages.
  return 'something'
}

/** What the last page says that follows the one at `start`; null where that is no page. */
function lastPage(file: ByteReader, start: number): Missing | null {
  let at = start
  let flags = 0
  for (let pages = 0; at < file.size; pages++) {
    // Some programs put tags behind the last page. A page that nothing follows may be a page's content.
    if (!isPage(file, at)) return pages > 1 ? ofFlags(flags) : null
    const segments = file.byte(at + HEAD - 1)
    const table = file.read(at + HEAD, segments)
    if (table.length < segments) return 'pictures'
    flags = file.byte(at + 5)
    at += HEAD + segments + table.reduce((sum, length) => sum + length, 0)
    if (at > file.size) return 'pictures'
  }
  return ofFlags(flags)
}

function ofFlags(flags: number): Missing {
  return (flags & END_OF_STREAM) !== 0 ? 'nothing' : 'end'
}

function isPage(file: ByteReader, at: number): boolean {
  if (file.byte(at) !== 0x4f) return false
  const head = file.read(at, 5)
  // At the very end a cut may have left less than the whole mark.
  return 'OggS\0'.startsWith(head.toString('latin1')) && head.length > 0
}
