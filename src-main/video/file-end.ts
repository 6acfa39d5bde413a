import { closeSync, openSync, readSync } from 'node:fs'

/**
 * What a container says of its own length, held against the bytes that are there: `pictures` where
 * some of a block of pictures is missing, `something` where bytes are missing that may hold anything,
 * `nothing` where all is there or the container does not say.
 */
export type Missing = 'pictures' | 'something' | 'nothing'

/** Reads a few bytes of the file; fewer at its end. */
type Read = (from: number, length: number) => Buffer

/** Blocks at the top of a file that are looked at: a broken file may be nothing but their heads. */
const MOST_BLOCKS = 200_000

/**
 * Says whether a file was cut short, from the sizes that its blocks state. It does not read the
 * blocks.
 * @param container FFmpeg's names for it, separated by commas
 * @param size bytes of the file
 */
export function missingOf(path: string, container: string, size: number): Missing {
  const look = LOOKS.find(({ names }) => names.some((name) => container.split(',').includes(name)))
  if (!look) return 'nothing'
  const file = openSync(path, 'r')
  try {
    const read: Read = (from, length) => {
      const bytes = Buffer.alloc(length)
      return bytes.subarray(0, readSync(file, bytes, 0, length, from))
    }
    return look.missing(read, size)
  } finally {
    closeSync(file)
  }
}

const LOOKS = [
  { names: ['mov'], missing: missingOfMp4 },
  { names: ['matroska'], missing: missingOfMatroska },
  { names: ['avi'], missing: missingOfAvi },
]

/** MP4, QuickTime, 3GP: boxes of a size (32 bits, or 1 and then 64 bits) and a type. */
function missingOfMp4(read: Read, size: number): Missing {
  for (let at = 0, boxes = 0; at < size && boxes < MOST_BLOCKS; boxes++) {
    const head = read(at, 16)
    if (head.length < 8) return 'something'
    const type = head.toString('latin1', 4, 8)
    let length = head.readUInt32BE(0)
    if (length === 1 && head.length === 16) length = Number(head.readBigUInt64BE(8))
    // 0 is a box that goes to the end. Less than its own head is no box.
    if (length < 8) return 'nothing'
    at += length
    if (at > size) return type === 'mdat' || type === 'moof' ? 'pictures' : 'something'
  }
  return 'nothing'
}

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067

/** Matroska and WebM: the head, then a segment with everything else in it. */
function missingOfMatroska(read: Read, size: number): Missing {
  for (let at = 0, blocks = 0; at < size && blocks < MOST_BLOCKS; blocks++) {
    const head = read(at, 12)
    if (head.length < 12) return 'nothing'
    const id = head.readUInt32BE(0)
    const length = ebmlNumber(head.subarray(4))
    // A live recording does not know its length; junk behind the segment is none of ours.
    if (length === null || (id !== EBML && id !== SEGMENT)) return 'nothing'
    at += length.bytes + 4 + length.value
    if (at > size) return 'something'
  }
  return 'nothing'
}

/** A number whose first byte says by its leading zeros how many follow; null where all bits are 1. */
function ebmlNumber(bytes: Buffer): { value: number; bytes: number } | null {
  const count = Math.clz32(bytes[0]!) - 23
  if (count > 8) return null
  let value = bytes[0]! & (0xff >> count)
  let isUnknown = value === 0xff >> count
  for (const byte of bytes.subarray(1, count)) {
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return isUnknown ? null : { value, bytes: count }
}

const UNKNOWN_RIFF = new Set([0, 0xffffffff])

/** AVI: one RIFF, or several behind each other where it is large. */
function missingOfAvi(read: Read, size: number): Missing {
  for (let at = 0, parts = 0; at < size && parts < MOST_BLOCKS; parts++) {
    const head = read(at, 8)
    if (head.length < 8 || head.toString('latin1', 0, 4) !== 'RIFF') return 'nothing'
    const length = head.readUInt32LE(4)
    if (UNKNOWN_RIFF.has(length)) return 'nothing'
    at += 8 + length
    if (at > size) return 'something'
    at += length % 2
  }
  return 'nothing'
}
