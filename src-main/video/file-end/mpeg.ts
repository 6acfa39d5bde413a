import type { ByteReader } from './byte-reader.ts'
import type { Missing } from './missing.ts'

const SYNC = 0x47
/** Packets of a transport stream: plain, with a time before each (Blu-ray, cameras), with checksums. */
const PACKETS = [
  { length: 188, sync: 0 },
  { length: 192, sync: 4 },
  { length: 204, sync: 0 },
]
/** Packets in a row by which their length is known, and bytes of junk that may lie before them. */
const [IN_A_ROW, MOST_JUNK] = [5, 4096]

/**
 * MPEG transport stream: packets of one length, of which the last must be whole. The stream states
 * neither its length nor its end, so a cut between two packets cannot be known.
 */
export function missingOfMpegTransport(file: ByteReader): Missing {
  for (let from = 0; from < MOST_JUNK && from < file.size; from++) {
    for (const { length, sync } of PACKETS) {
      if (!followEachOther(file, from + sync, length)) continue
      const rest = (file.size - from) % length
      const last = file.size - rest
      // Junk behind the last packet is no packet that was cut.
      const isPacket = rest > 0 && (rest <= sync || file.byte(last + sync) === SYNC)
      return isPacket ? 'pictures' : 'nothing'
    }
  }
  return 'nothing'
}

function followEachOther(file: ByteReader, first: number, length: number): boolean {
  for (let packet = 0; packet < IN_A_ROW; packet++) {
    const at = first + packet * length
    if (at >= file.size) return packet > 1
    if (file.byte(at) !== SYNC) return false
  }
  return true
}

/** Bytes at the end of a program stream that are looked at: more than its largest packet has. */
const TAIL = 160 * 1024
const [END, PACK, PADDING] = [0xb9, 0xba, 0xbe]

/**
 * MPEG program stream (MPG, VOB): packs and packets, the latter with a length. A cut between two of
 * them cannot be known, since most programs leave the end code out.
 */
export function missingOfMpegProgram(file: ByteReader): Missing {
  const from = Math.max(0, file.size - TAIL)
  for (let at = from; at < file.size; at++) {
    if (codeAt(file, at) !== PACK) continue
    const end = endOfPackets(file, at)
    if (end !== null) return end
  }
  return 'nothing'
}

/** What the last packet says of those that follow the pack at `start`; null where that is none. */
function endOfPackets(file: ByteReader, start: number): Missing | null {
  let at = start
  while (at < file.size) {
    const code = codeAt(file, at)
    // Zeros may fill the file up.
    if (code === null || code < END) return at + 4 > file.size ? 'pictures' : null
    if (code === END) return 'nothing'
    at += code === PACK ? packLength(file, at) : packetLength(file, at)
    if (at > file.size) return code === PADDING ? 'nothing' : 'pictures'
  }
  return 'nothing'
}

/** The last byte of the start code at `at`; null where there is none. */
function codeAt(file: ByteReader, at: number): number | null {
  if (file.byte(at) !== 0 || file.byte(at + 1) !== 0 || file.byte(at + 2) !== 1) return null
  const code = file.byte(at + 3)
  return code < 0 ? null : code
}

function packetLength(file: ByteReader, at: number): number {
  return 6 + file.byte(at + 4) * 256 + file.byte(at + 5)
}

/** Bytes of a pack's head: MPEG-1 has 12, MPEG-2 says at its end how many bytes fill it up. */
function packLength(file: ByteReader, at: number): number {
  const isSecond = file.byte(at + 4) >> 6 === 1
  return isSecond ? 14 + (file.byte(at + 13) & 7) : 12
}
