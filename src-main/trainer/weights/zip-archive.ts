import { inflateRawSync } from 'node:zlib'
import { WeightsError } from './weights-error.ts'

const END = 0x06054b50
const END_64 = 0x06064b50
const ENTRY = 0x02014b50
/** Stands for a number that the 64-bit fields hold. */
const ELSEWHERE = 0xffffffff

interface ZipEntry {
  method: number
  packedBytes: number
  bytes: number
  headerAt: number
}

/** Files within a zip archive, by name; the 64-bit fields of large archives are understood. */
export class ZipArchive {
  private readonly data: Buffer
  private readonly entries: Map<string, ZipEntry>

  /** @throws WeightsError when the archive is cut off or damaged */
  constructor(data: Buffer) {
    this.data = data
    this.entries = whole(() => readDirectory(data))
  }

  get names(): string[] {
    return [...this.entries.keys()]
  }

  /** @throws WeightsError when there is no such file, or it is damaged */
  read(name: string): Buffer {
    const entry = this.entries.get(name)
    if (!entry) throw new WeightsError(`The archive has no '${name}': it is not whole.`)
    const { data } = this
    return whole(() => {
      const start =
        entry.headerAt +
        30 +
        data.readUInt16LE(entry.headerAt + 26) +
        data.readUInt16LE(entry.headerAt + 28)
      if (start + entry.packedBytes > data.length) throw new RangeError('cut off')
      const packed = data.subarray(start, start + entry.packedBytes)
      const content = entry.method === 0 ? packed : inflateRawSync(packed)
      if (content.length !== entry.bytes) throw new RangeError('of another length')
      return content
    })
  }
}

/** Whatever goes wrong while reading offsets is damage. */
function whole<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new WeightsError('The archive is cut off or damaged. Fetch or copy the file again.', {
      cause: error,
    })
  }
}

function readDirectory(data: Buffer): Map<string, ZipEntry> {
  let { count, at } = findDirectory(data)
  const entries = new Map<string, ZipEntry>()
  for (; count > 0; count--) {
    if (data.readUInt32LE(at) !== ENTRY) throw new RangeError('no entry')
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((o) => data.readUInt16LE(at + o))
    const extraAt = at + 46 + nameBytes
    const extra = data.subarray(extraAt, extraAt + extraBytes)
    const fields = [24, 20, 42].map((offset) => data.readUInt32LE(at + offset))
    const [bytes, packedBytes, headerAt] = completed(fields, extra)
    const method = data.readUInt16LE(at + 10)
    entries.set(data.toString('utf8', at + 46, extraAt), { method, packedBytes, bytes, headerAt })
    at = extraAt + extraBytes + commentBytes
  }
  return entries
}

function findDirectory(data: Buffer): { count: number; at: number } {
  for (let at = data.length - 22; at >= Math.max(0, data.length - 22 - 65_536); at--) {
    if (data.readUInt32LE(at) !== END) continue
    const locator = at - 20
    const is64 = locator >= 0 && data.readUInt32LE(locator) === 0x07064b50
    if (!is64) return { count: data.readUInt16LE(at + 10), at: data.readUInt32LE(at + 16) }
    const end64 = Number(data.readBigUInt64LE(locator + 8))
    if (data.readUInt32LE(end64) !== END_64) throw new RangeError('no 64-bit end')
    return {
      count: Number(data.readBigUInt64LE(end64 + 32)),
      at: Number(data.readBigUInt64LE(end64 + 48)),
    }
  }
  throw new RangeError('no end of directory')
}

/** Takes what the 32-bit fields leave out from the extra field 1, in their order. */
function completed(fields: number[], extra: Buffer): number[] {
  let at = 0
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1)
    at += 4 + extra.readUInt16LE(at + 2)
  let next = at + 4
  return fields.map((value) => {
    if (value !== ELSEWHERE) return value
    next += 8
    return Number(extra.readBigUInt64LE(next - 8))
  })
}
