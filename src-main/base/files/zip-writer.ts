import { createReadStream } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { crc32, createDeflateRaw, deflateRaw } from 'node:zlib'
import { WorkbenchError } from '../workbench-error.ts'

/** Largest value of a field of 32 and of 16 bits; beyond, the fields of ZIP64 are used. */
const U32 = 0xffff_ffff
const U16 = 0xffff
/** Entries below this many bytes are stored as they are. */
const STORED_BELOW = 64
/** Bytes of the list of entries gathered before they are written. */
const PIECE = 65_536
/** Compression methods of an entry. */
const [STORED, DEFLATED] = [0, 8]
/** Bytes before the fields of an entry's own header. */
const SIGNATURE = 4
/** 1980-01-01, the first date that ZIP knows: the same masks make the same file. */
const DATE = 0x0021

const pack = promisify(deflateRaw)

/**
 * A ZIP archive that grows entry by entry; of any size, with ZIP64 where it is needed. No `yazl`: that
 * keeps what it has written of every entry in memory, and looks through all of them for each.
 */
export class ZipWriter {
  private readonly handle: FileHandle
  private offset = 0
  private directory: Buffer[] = []

  private constructor(handle: FileHandle) {
    this.handle = handle
  }

  /** @param file one that does not exist yet */
  static async create(file: string): Promise<ZipWriter> {
    return new ZipWriter(await open(file, 'wx'))
  }

  /** @param bytes fewer than 2^32 */
  async add(name: string, bytes: Uint8Array): Promise<void> {
    const isStored = bytes.length < STORED_BELOW
    const packed = isStored ? bytes : await pack(bytes)
    const fields = fieldsOf(name, isStored ? STORED : DEFLATED)
    setSizes(fields, crc32(bytes), packed.length, bytes.length)
    this.directory.push(directoryEntry(name, fields, this.offset))
    await this.write(Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed)
  }

  /**
   * Adds a file piece by piece, so that its size does not matter to memory.
   * @throws WorkbenchError for one of 4 GB or more, which needs another kind of entry
   */
  async addFile(name: string, file: string, signal?: AbortSignal): Promise<void> {
    if ((await stat(file)).size >= U32) {
      throw new WorkbenchError(
        `${name} has 4 GB or more, which is too much for an archive. Copy it from the machine that runs the workbench.`,
      )
    }
    const fields = fieldsOf(name, DEFLATED)
    const begin = this.offset
    await this.write(Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name))
    const packedFrom = this.offset
    let [sum, size] = [0, 0]
    const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const piece of source) {
        sum = crc32(piece, sum)
        size += piece.length
        yield piece
      }
    }
    const keep = async (packed: AsyncIterable<Buffer>): Promise<void> => {
      for await (const piece of packed) await this.write(piece)
    }
    await pipeline(createReadStream(file), counted, createDeflateRaw(), keep, { signal })
    setSizes(fields, sum, this.offset - packedFrom, size)
    await this.handle.write(fields, 0, fields.length, begin + SIGNATURE)
    this.directory.push(directoryEntry(name, fields, begin))
  }

  /** Writes the list of entries, brings everything to disk and closes the file. */
  async end(): Promise<void> {
    const begin = this.offset
    for (let at = 0; at < this.directory.length;) {
      const piece: Buffer[] = []
      for (let bytes = 0; bytes < PIECE && at < this.directory.length; at++) {
        piece.push(this.directory[at])
        bytes += this.directory[at].length
      }
      await this.write(...piece)
    }
    await this.write(...endRecords(this.directory.length, begin, this.offset))
    await this.handle.sync()
    await this.handle.close()
  }

  /** Closes the file as it is. */
  async abort(): Promise<void> {
    await this.handle.close()
  }

  private async write(...parts: Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts)
    await this.handle.appendFile(bytes)
    this.offset += bytes.length
  }
}

/** What an entry's header and its line in the list share, sizes aside. */
function fieldsOf(name: string, method: number): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  // Names are UTF-8.
  fields.writeUInt16LE(0x0800, 2)
  fields.writeUInt16LE(method, 4)
  fields.writeUInt16LE(DATE, 8)
  fields.writeUInt16LE(Buffer.byteLength(name), 22)
  return fields
}

function setSizes(fields: Buffer, sum: number, packed: number, size: number): void {
  fields.writeUInt32LE(sum, 10)
  fields.writeUInt32LE(packed, 14)
  fields.writeUInt32LE(size, 18)
}

/** The entry's line in the list at the end of the archive. */
function directoryEntry(name: string, fields: Buffer, offset: number): Buffer {
  const isFar = offset >= U32
  const own = Buffer.alloc(14)
  own.writeUInt32LE(Math.min(offset, U32), 10)
  const extra = Buffer.alloc(isFar ? 12 : 0)
  if (isFar) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(8, 2)
    extra.writeBigUInt64LE(BigInt(offset), 4)
  }
  const head = Buffer.from('PK\x01\x02\x2d\x00', 'latin1')
  const shared = Buffer.from(fields)
  shared.writeUInt16LE(extra.length, 24)
  return Buffer.concat([head, shared, own, Buffer.from(name), extra])
}

function endRecords(entries: number, begin: number, end: number): Buffer[] {
  const last = Buffer.alloc(22)
  last.write('PK\x05\x06', 'latin1')
  last.writeUInt16LE(Math.min(entries, U16), 8)
  last.writeUInt16LE(Math.min(entries, U16), 10)
  last.writeUInt32LE(Math.min(end - begin, U32), 12)
  last.writeUInt32LE(Math.min(begin, U32), 16)
  if (entries < U16 && end < U32) return [last]
  const large = Buffer.alloc(56)
  large.write('PK\x06\x06', 'latin1')
  large.writeBigUInt64LE(44n, 4)
  large.writeUInt16LE(45, 12)
  large.writeUInt16LE(45, 14)
  large.writeBigUInt64LE(BigInt(entries), 24)
  large.writeBigUInt64LE(BigInt(entries), 32)
  large.writeBigUInt64LE(BigInt(end - begin), 40)
  large.writeBigUInt64LE(BigInt(begin), 48)
  const locator = Buffer.alloc(20)
  locator.write('PK\x06\x07', 'latin1')
  locator.writeBigUInt64LE(BigInt(end), 8)
  locator.writeUInt32LE(1, 16)
  return [large, locator, last]
}
