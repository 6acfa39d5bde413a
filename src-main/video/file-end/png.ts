import type { ByteReader } from './byte-reader.ts'
import type { Missing } from './missing.ts'

/** Bytes of the signature, and of a chunk beside its content: length, type and checksum. */
const [SIGNATURE, AROUND] = [8, 12]

/** Animated PNG: chunks with a length each, the last of which is IEND. */
export function missingOfApng(file: ByteReader): Missing {
  let at = SIGNATURE
  while (at < file.size) {
    const head = file.read(at, 8)
    if (head.length < 8) return 'pictures'
    at += AROUND + head.readUInt32BE(0)
    if (at > file.size) return 'pictures'
    if (head.toString('latin1', 4, 8) === 'IEND') return 'nothing'
  }
  return 'end'
}
