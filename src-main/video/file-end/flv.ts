import type { ByteReader } from './byte-reader.ts'
import type { Missing } from './missing.ts'

/** Tags after which a walk gives up. */
const MOST_TAGS = 200_000
/** Bytes before a tag's content, and of its size behind it. */
const [HEAD, BEHIND] = [11, 4]
const VIDEO = 9

/**
 * Flash: tags with a size each. Where the file's description states its size, that is compared as
 * well, since a cut between two tags shows in nothing else.
 */
export function missingOfFlv(file: ByteReader): Missing {
  const stated = statedSize(file)
  const start = file.read(5, 4)
  let at = start.length < 4 ? file.size : start.readUInt32BE(0) + BEHIND
  for (let tags = 0; at < file.size && tags < MOST_TAGS; tags++) {
    const head = file.read(at, HEAD)
    if (head.length < HEAD) return 'something'
    at += HEAD + head.readUIntBE(1, 3) + BEHIND
    // The size behind the last tag may be missing; its content may not.
    if (at - BEHIND > file.size) return (head[0] & 0x1f) === VIDEO ? 'pictures' : 'something'
  }
  return stated > file.size ? 'something' : 'nothing'
}

/** `filesize` of the description at the file's beginning; 0 where it is not there. */
function statedSize(file: ByteReader): number {
  const head = file.read(0, 64 * 1024)
  const at = head.indexOf('\0\x08filesize\0', 0, 'latin1')
  return at < 0 || at + 19 > head.length ? 0 : head.readDoubleBE(at + 11)
}
