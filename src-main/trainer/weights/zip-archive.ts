import { inflateRawSync } from 'node:zlib'
import type { ByteSource } from '../checkpoint/byte-source.ts'
import { WeightsError } from './weights-error.ts'

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const ENTRY = 0x02014b50
/** Stands for a number that the 64-bit fields hold. */
const ELSEWHERE = 0xffffffff

/** Bytes of a list of files: some 800,000 of them. */
const LARGEST_DIRECTORY = 64 * 2 ** 20

/**
 * Most bytes of a file, by what it is. Without them a small archive could claim any amount of memory:
 * deflate packs zeros by a factor of a thousand.
 */
const LARGEST = { note: 2 ** 10, pickle: 64 * 2 ** 20, storage: 4 * 2 ** 30 - 1 }
/** Of a storage that is packed, which `torch.save` never does. */
const LARGEST_PACKED = 2 ** 30

interface ZipEntry {
  method: number
  packedBytes: number
  bytes: number
  headerAt: number
}

/** Files within a zip archive, by name; the 64-bit fields of large archives are understood. */
export class ZipArchive {
  private readonly source: ByteSource
  private readonly entries: Map<string, ZipEntry>

  /** @throws WeightsError when the archive is cut off or damaged */
  constructor(source: ByteSource) {
    this.source = source
    this.entries = whole(() => readDirectory(source))
  }

  get names(): string[] {
    return [...this.entries.keys()]
  }

  /** @throws WeightsError when there is no such file, it is damaged, or larger than its kind may be */
  read(name: string, kind: keyof typeof LARGEST): Buffer {
    const entry = this.entries.get(name)
    if (!entry) throw new WeightsError(`The archive has no '${name}': it is not whole.`)
    const { source } = this
    const most = entry.method === 0 ? LARGEST[kind] : Math.min(LARGEST[kind], LARGEST_PACKED)
    if (Math.max(entry.bytes, entry.packedBytes) > most) {
      throw new WeightsError(
        `'${name}' of the archive takes ${entry.bytes} bytes, more than the ${most} that are read. ` +
          'Save the weights alone: torch.save(model.state_dict(), file).',
      )
    }
    return whole(() => {
      const header = source.read(entry.headerAt, 30)
      const start = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
      const packed = source.read(start, entry.packedBytes)
      const limit = { maxOutputLength: Math.max(1, entry.bytes) }
      const content = entry.method === 0 ? packed : inflateRawSync(packed, limit)
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

function readDirectory(source: ByteSource): Map<string, ZipEntry> {
  const directory = findDirectory(source)
  const data = directory.bytes
  let { count } = directory
  let at = 0
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

/** The list of files: how many, and its bytes up to the end of the archive. */
function findDirectory(source: ByteSource): { count: number; bytes: Buffer } {
  const tailAt = Math.max(0, source.length - 22 - 65_536 - 20)
  const tail = source.read(tailAt, source.length - tailAt)
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue
    const locator = at - 20
    if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR_64) {
      const bytes = rest(source, tail.readUInt32LE(at + 16))
      return { count: tail.readUInt16LE(at + 10), bytes }
    }
    const end = source.read(Number(tail.readBigUInt64LE(locator + 8)), 56)
    if (end.readUInt32LE(0) !== END_64) throw new RangeError('no 64-bit end')
    return {
      count: Number(end.readBigUInt64LE(32)),
      bytes: rest(source, Number(end.readBigUInt64LE(48))),
    }
  }
  throw new RangeError('no end of directory')
}

function rest(source: ByteSource, at: number): Buffer {
  if (source.length - at > LARGEST_DIRECTORY) throw new RangeError('a directory of that size')
  return source.read(at, source.length - at)
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
