import type { FileHandle } from 'node:fs/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { EndsEarlyError, openInput, readAt } from './input-file.ts'
import { LONGEST_DIRECTORY } from './limits.ts'

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
/** Bytes by which deflated data may exceed what was deflated: 5 for every 16 KiB, and some. */
const overhead = (size: number) => Math.ceil(size / 1024) + 1024
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
    const handle = await openInput(file)
    try {
      return new ZipReader(file, handle, await readDirectory(file, handle))
    } catch (error) {
      await handle.close()
      throw isOutside(error) ? notWhole(file) : error
    }
  }

  has(name: string): boolean {
    return this.entries.has(name)
  }

  /** Bytes of an entry, unpacked; 0 for one that is not there. */
  sizeOf(name: string): number {
    return this.entries.get(name)?.size ?? 0
  }

  /**
   * @param most bytes that the entry may have, unpacked
   * @throws WorkbenchError when there is no such entry, it is larger, or it is damaged
   */
  async read(name: string, most: number): Promise<Buffer> {
    const entry = this.entries.get(name)
    if (!entry) throw new WorkbenchError(`${this.file} has no ${name}. Export it again.`)
    if (entry.size > most) {
      throw new WorkbenchError(
        `${name} in ${this.file} has ${entry.size} bytes; up to ${most} are read. ` +
          'Split the file into several.',
      )
    }
    const bytes = await this.bytesOf(entry).catch((error: unknown) => {
      if (isOutside(error)) return null
      throw error
    })
    if (bytes?.length === entry.size && crc32(bytes) === entry.crc) return bytes
    throw new WorkbenchError(`${name} in ${this.file} is damaged. Export or copy the file again.`)
  }

  async close(): Promise<void> {
    await this.handle.close()
  }

  /** Null where the entry is packed in a way that is not read, or is damaged. */
  private async bytesOf({ method, size, packed: length, offset }: ZipEntry) {
    if (method !== 0 && method !== 8) return null
    if (method === 0 ? length !== size : length > size + overhead(size)) return null
    const head = await readAt(this.handle, offset, 30)
    const begin = offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28)
    const packed = await readAt(this.handle, begin, length)
    if (method === 0) return packed
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
  if (length > LONGEST_DIRECTORY || begin + length > size) throw notWhole(file)
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

/** Does a record point outside the file, or end before its own fields? */
function isOutside(error: unknown): boolean {
  return error instanceof EndsEarlyError || error instanceof RangeError
}

function notWhole(file: string): WorkbenchError {
  return new WorkbenchError(
    `${file} is no whole NumPy archive (.npz). Export it again, or name its format.`,
  )
}
