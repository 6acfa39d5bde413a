import type { ByteReader } from './byte-reader.ts'
import type { Missing } from './missing.ts'

/** Blocks at the top of a file that are looked at: a broken file may be nothing but their heads. */
const MOST_BLOCKS = 200_000

/** MP4, QuickTime, 3GP: boxes of a size (32 bits, or 1 and then 64 bits) and a type. */
export function missingOfMp4(file: ByteReader): Missing {
  for (let at = 0, boxes = 0; at < file.size && boxes < MOST_BLOCKS; boxes++) {
    const head = file.read(at, 16)
    if (head.length < 8) return 'something'
    const type = head.toString('latin1', 4, 8)
    let length = head.readUInt32BE(0)
    if (length === 1 && head.length === 16) length = Number(head.readBigUInt64BE(8))
    // 0 is a box that goes to the end. Less than its own head is no box.
    if (length < 8) return 'nothing'
    at += length
    if (at > file.size) return type === 'mdat' || type === 'moof' ? 'pictures' : 'something'
  }
  return 'nothing'
}

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067

/** Matroska and WebM: the head, then a segment with everything else in it. */
export function missingOfMatroska(file: ByteReader): Missing {
  for (let at = 0, blocks = 0; at < file.size && blocks < MOST_BLOCKS; blocks++) {
    const head = file.read(at, 12)
    if (head.length < 12) return 'nothing'
    const id = head.readUInt32BE(0)
    const length = ebmlNumber(head.subarray(4))
    // A live recording does not know its length; junk behind the segment is none of ours.
    if (length === null || (id !== EBML && id !== SEGMENT)) return 'nothing'
    at += length.bytes + 4 + length.value
    if (at > file.size) return 'something'
  }
  return 'nothing'
}

/** A number whose first byte says by its leading zeros how many follow; null where all bits are 1. */
function ebmlNumber(bytes: Buffer): { value: number; bytes: number } | null {
  const count = Math.clz32(bytes[0]) - 23
  if (count > 8) return null
  let value = bytes[0] & (0xff >> count)
  let isUnknown = value === 0xff >> count
  for (const byte of bytes.subarray(1, count)) {
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return isUnknown ? null : { value, bytes: count }
}

const UNKNOWN_RIFF = new Set([0, 0xffffffff])

/** AVI: one RIFF, or several behind each other where it is large. */
export function missingOfAvi(file: ByteReader): Missing {
  for (let at = 0, parts = 0; at < file.size && parts < MOST_BLOCKS; parts++) {
    const head = file.read(at, 8)
    if (head.length < 8 || head.toString('latin1', 0, 4) !== 'RIFF') return 'nothing'
    const length = head.readUInt32LE(4)
    if (UNKNOWN_RIFF.has(length)) return 'nothing'
    at += 8 + length
    if (at > file.size) return 'something'
    at += length % 2
  }
  return 'nothing'
}

/** The first bytes of the GUID of ASF's data object, which holds all packets. */
const ASF_DATA = '3626b2758e66cf11a6d900aa0062ce6c'

/** ASF (WMV): objects of a GUID and a size of 64 bits. */
export function missingOfAsf(file: ByteReader): Missing {
  for (let at = 0, objects = 0; at < file.size && objects < MOST_BLOCKS; objects++) {
    const head = file.read(at, 24)
    if (head.length < 24) return 'something'
    const length = Number(head.readBigUInt64LE(16))
    // A live recording leaves the size of its data at 0.
    if (length < 24) return 'nothing'
    at += length
    if (at > file.size) {
      return head.toString('hex', 0, 16) === ASF_DATA ? 'pictures' : 'something'
    }
  }
  return 'nothing'
}
