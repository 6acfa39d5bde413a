import { open, type FileHandle } from 'node:fs/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { WorkbenchError } from '../../store/workbench-error.ts'

interface ZipEntry {
  method: number
  crc: number
  packed: number
  size: number
  offset: number
}

const U32 = 0xffff_ffff
/** The last record with the longest comment. */
const TAIL = 22 + 0xffff
/** Longest list of entries that is read, in bytes: some millions of them. */
const LONGEST_LIST = 2 ** 29
/** Entries taken in between two looks at what else waits. */
const PIECE = 2000

const unpack = promisify(inflateRaw)

/** Reads a ZIP archive entry by entry, stored or deflated, ZIP64 too. */
export class ZipReader {
  private readonly file: string
  private readonly handle: FileHandle
  private readonly entries: ReadonlyMap<string, ZipEntry>

  private constructor(file: string, handle: FileHandle, entries: ReadonlyMap<string, ZipEntry>) {
    this.file = file
    this.handle = handle
    this.entries = entries
  }

  /** @throws WorkbenchError when the file cannot be read or is no whole archive */
  static async open(file: string): Promise<ZipReader> {
    const handle = await open(file, 'r').catch((error: Error) => {
      throw new WorkbenchError(`${file} cannot be read (${error.message}). Check its name.`)
    })
    try {
      return new ZipReader(file, handle, await readDirectory(file, handle))
    } catch (error) {
      await handle.close()
      throw error instanceof RangeError ? notWhole(file) : error
    }
  }

  has(name: string): boolean {
    return this.entries.has(name)
  }

  /** Bytes of an entry, unpacked; 0 for one that is not there. */
  sizeOf(name: string): number {
    return this.entries.get(name)?.size ?? 0
  }

  /** @throws WorkbenchError when there is no such entry or it is damaged */
  async read(name: string): Promise<Buffer> {
    const entry = this.entries.get(name)
    if (!entry) throw new WorkbenchError(`${this.file} has no ${name}. Export it again.`)
    const head = await readAt(this.handle, entry.offset, 30)
    const begin = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28)
    const packed = await readAt(this.handle, begin, entry.packed)
    const bytes = await this.unpacked(packed, entry)
    if (bytes?.length === entry.size && crc32(bytes) === entry.crc) return bytes
    throw new WorkbenchError(`${name} in ${this.file} is damaged. Export or copy the file again.`)
  }

  async close(): Promise<void> {
    await this.handle.close()
  }

  private async unpacked(packed: Buffer, { method, size }: ZipEntry): Promise<Buffer | null> {
    if (method === 0) return packed
    if (method !== 8) return null
    // One byte more than it should have: too long is damaged too.
    return unpack(packed, { maxOutputLength: size + 1 }).catch(() => null)
  }
}

async function readDirectory(file: string, handle: FileHandle): Promise<Map<string, ZipEntry>> {
  const { size } = await handle.stat()
  const tail = await readAt(handle, Math.max(0, size - TAIL), Math.min(size, TAIL))
  const at = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  if (at < 0 || at + 22 > tail.length) throw notWhole(file)
  let length = tail.readUInt32LE(at + 12)
  let begin = tail.readUInt32LE(at + 16)
  const locator = at - 20
  if (locator >= 0 && tail.toString('latin1', locator, locator + 4) === 'PK\x06\x07') {
    const large = await readAt(handle, Number(tail.readBigUInt64LE(locator + 8)), 56)
    length = Number(large.readBigUInt64LE(40))
    begin = Number(large.readBigUInt64LE(48))
  }
  if (length > LONGEST_LIST || begin + length > size) throw notWhole(file)
  return entriesOf(file, await readAt(handle, begin, length))
}

async function entriesOf(file: string, list: Buffer): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>()
  for (let at = 0; at < list.length;) {
    if (list.toString('latin1', at, at + 4) !== 'PK\x01\x02') throw notWhole(file)
    const nameEnd = at + 46 + list.readUInt16LE(at + 28)
    const extraEnd = nameEnd + list.readUInt16LE(at + 30)
    const name = list.toString('utf8', at + 46, nameEnd)
    const entry = {
      method: list.readUInt16LE(at + 10),
      crc: list.readUInt32LE(at + 16),
      packed: list.readUInt32LE(at + 20),
      size: list.readUInt32LE(at + 24),
      offset: list.readUInt32LE(at + 42),
    }
    entries.set(name, large(entry, list.subarray(nameEnd, extraEnd)))
    at = extraEnd + list.readUInt16LE(at + 32)
    if (entries.size % PIECE === 0) await breathe()
  }
  return entries
}

/** Takes from the ZIP64 field, in its order, what does not fit into 32 bits. */
function large(entry: ZipEntry, extra: Buffer): ZipEntry {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let from = at + 4
    for (const key of ['size', 'packed', 'offset'] as const) {
      if (entry[key] !== U32) continue
      entry[key] = Number(extra.readBigUInt64LE(from))
      from += 8
    }
  }
  return entry
}

/** @throws RangeError when the file ends before */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await handle.stat()
  if (position + length > size) throw new RangeError('The file ends too early.')
  const buffer = Buffer.allocUnsafe(length)
  await handle.read(buffer, 0, length, position)
  return buffer
}

function notWhole(file: string): WorkbenchError {
  return new WorkbenchError(
    `${file} is no whole NumPy archive (.npz). Export it again, or name its format.`,
  )
}
