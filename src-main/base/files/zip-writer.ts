import { createReadStream } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { crc32, createDeflateRaw, deflateRaw } from 'node:zlib'

/** Largest value of a field of 32 and of 16 bits; beyond, the fields of ZIP64 are used. */
const U32 = 0xffff_ffff
const U16 = 0xffff
/** A file of this many bytes might have more than 2^32 when it is packed: noise grows by 0.03 %. */
const WIDE_FROM = 0xff00_0000
/** Entries below this many bytes are stored as they are. */
const STORED_BELOW = 64
/** Bytes of the list of entries that are kept, and written, together. */
const PIECE = 65_536
/** Compression methods of an entry. */
const [STORED, DEFLATED] = [0, 8]
/** Bytes of the fields that an entry's header and its line in the list share. */
const FIELDS = 26
/** 1980-01-01, the first date that ZIP knows: the same masks make the same file. */
const DATE = 0x0021

const pack = promisify(deflateRaw)

/**
 * A ZIP archive that grows entry by entry; of any size, with ZIP64 where it is needed. No `yazl`
 * (3.3.1): for each entry it looks through all before it, and it writes the list of entries in one go.
 * 100,000 entries of 600 bytes took it 56 s (this 17 s), its end then held the event loop for 57 ms
 * (this 5 ms), and 200,000 did not end within 400 s (this 53 s). It also keeps the packed bytes of each.
 */
export class ZipWriter {
  private readonly handle: FileHandle
  private offset = 0
  private entries = 0
  private readonly directory = new Pieces()
  private readonly wideFrom: number

  private constructor(handle: FileHandle, wideFrom: number) {
    this.handle = handle
    this.wideFrom = wideFrom
  }

  /**
   * @param file one that does not exist yet
   * @param wideFrom bytes of a file from which on its sizes are written with 64 bits
   */
  static async create(file: string, { wideFrom = WIDE_FROM } = {}): Promise<ZipWriter> {
    return new ZipWriter(await open(file, 'wx'), wideFrom)
  }

  /** @param bytes fewer than 2^32 */
  async add(name: string, bytes: Uint8Array): Promise<void> {
    const isStored = bytes.length < STORED_BELOW
    const packed = isStored ? bytes : await pack(bytes)
    const header = new EntryHeader(name, { method: isStored ? STORED : DEFLATED, isWide: false })
    header.setSizes(crc32(bytes), packed.length, bytes.length)
    this.list(header)
    await this.write(header.local(), packed)
  }

  /** Adds a file piece by piece, so that its size does not matter to memory. */
  async addFile(name: string, file: string, signal?: AbortSignal): Promise<void> {
    const isWide = (await stat(file)).size >= this.wideFrom
    const header = new EntryHeader(name, { method: DEFLATED, isWide })
    const begin = this.offset
    await this.write(header.local())
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
    header.setSizes(sum, this.offset - packedFrom, size)
    const local = header.local()
    await this.handle.write(local, 0, local.length, begin)
    this.list(header, begin)
  }

  /** Writes the list of entries, brings everything to disk and closes the file. */
  async end(): Promise<void> {
    const begin = this.offset
    for (const piece of this.directory.all()) await this.write(piece)
    await this.write(...endRecords(this.entries, begin, this.offset))
    await this.handle.sync()
    await this.handle.close()
  }

  /** Closes the file as it is. */
  async abort(): Promise<void> {
    await this.handle.close()
  }

  private list(header: EntryHeader, offset = this.offset): void {
    this.directory.add(header.listed(offset))
    this.entries++
  }

  private async write(...parts: Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts)
    await this.handle.appendFile(bytes)
    this.offset += bytes.length
  }
}

/** What stands before an entry, and in the list of entries for it. */
class EntryHeader {
  private readonly name: Buffer
  /** What both share. */
  private readonly fields = Buffer.alloc(FIELDS)
  private readonly isWide: boolean
  private packed = 0
  private size = 0

  /** @param isWide whether its sizes are written with 64 bits */
  constructor(name: string, { method, isWide }: { method: number; isWide: boolean }) {
    this.name = Buffer.from(name)
    this.isWide = isWide
    this.fields.writeUInt16LE(isWide ? 45 : 20, 0)
    // Names are UTF-8.
    this.fields.writeUInt16LE(0x0800, 2)
    this.fields.writeUInt16LE(method, 4)
    this.fields.writeUInt16LE(DATE, 8)
    this.fields.writeUInt16LE(this.name.length, 22)
  }

  /** @param sum CRC-32 @param packed bytes in the archive @param size bytes of the content */
  setSizes(sum: number, packed: number, size: number): void {
    this.packed = packed
    this.size = size
    this.fields.writeUInt32LE(sum, 10)
    this.fields.writeUInt32LE(this.isWide ? U32 : packed, 14)
    this.fields.writeUInt32LE(this.isWide ? U32 : size, 18)
  }

  local(): Buffer {
    const extra = wideField(this.isWide ? [this.size, this.packed] : [])
    const fields = Buffer.from(this.fields)
    fields.writeUInt16LE(extra.length, 24)
    return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, this.name, extra])
  }

  /** @param offset of the entry in the archive */
  listed(offset: number): Buffer {
    const isFar = offset >= U32
    const extra = wideField([
      ...(this.isWide ? [this.size, this.packed] : []),
      ...(isFar ? [offset] : []),
    ])
    const fields = Buffer.from(this.fields)
    fields.writeUInt16LE(extra.length, 24)
    const own = Buffer.alloc(14)
    own.writeUInt32LE(isFar ? U32 : offset, 10)
    const head = Buffer.from('PK\x01\x02\x2d\x00', 'latin1')
    return Buffer.concat([head, fields, own, this.name, extra])
  }
}

/** The field of ZIP64 with these values; empty where there are none. */
function wideField(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0)
  const field = Buffer.alloc(4 + 8 * values.length)
  field.writeUInt16LE(1, 0)
  field.writeUInt16LE(8 * values.length, 2)
  values.forEach((value, i) => field.writeBigUInt64LE(BigInt(value), 4 + 8 * i))
  return field
}

/**
 * Small buffers end to end. Each on its own would keep a whole slab of Node's pool from being freed:
 * 20 KB for an entry of 70 bytes.
 */
class Pieces {
  private readonly full: Buffer[] = []
  private piece = Buffer.alloc(0)
  private used = 0

  add(bytes: Buffer): void {
    if (this.used + bytes.length > this.piece.length) {
      this.full.push(this.piece.subarray(0, this.used))
      this.piece = Buffer.allocUnsafeSlow(Math.max(PIECE, bytes.length))
      this.used = 0
    }
    this.used += bytes.copy(this.piece, this.used)
  }

  all(): Buffer[] {
    return [...this.full, this.piece.subarray(0, this.used)]
  }
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
