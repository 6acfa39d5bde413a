/** Reads ZIP archives of any size (ZIP64), stored or deflated; `yauzl` reads their lists of entries. */
import { setImmediate as breathe } from 'node:timers/promises'
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import yauzl from 'yauzl'

const [STORED, DEFLATED] = [0, 8]
/** Bytes of an entry in the list of entries, without name, fields and comment. */
const ENTRY_BYTES = 46
/** Bytes by which deflated data may exceed what was deflated: 5 for every 16 KiB, and some. */
const overhead = (size: number): number => Math.ceil(size / 1024) + 1024
/** Bytes of the list of entries read at a time. */
const BLOCK = 2 ** 18
/** Entries listed between two looks at what else waits. */
const PIECE = 2000

const unpack = promisify(inflateRaw)

/** The archive, or the entry that was asked for, is cut off or damaged. */
export class ZipDamageError extends Error {
  override name = 'ZipDamageError'
}

/** Bytes of an archive. `read` gives exactly that many, which are there, or throws. */
export interface ZipSource {
  size: number
  read: (position: number, length: number) => Promise<Buffer>
}

/** An entry as the archive states it: nothing of it is checked before it is read. */
export interface ZipEntry {
  isPacked: boolean
  /** Bytes, packed and unpacked. */
  packed: number
  size: number
  crc: number
  method: number
  offset: number
}

/** Reads an archive entry by entry. */
export class ZipReader {
  readonly entries: ReadonlyMap<string, ZipEntry>
  private readonly source: ZipSource
  private readonly zip: yauzl.ZipFile

  private constructor(source: ZipSource, zip: yauzl.ZipFile, entries: Map<string, ZipEntry>) {
    this.source = source
    this.zip = zip
    this.entries = entries
  }

  /**
   * @param longestList bytes that the list of entries may take
   * @throws ZipDamageError, and what `source` throws for bytes that are there
   */
  static async open(source: ZipSource, longestList: number): Promise<ZipReader> {
    const reader = new SourceReader(source)
    const options = {
      lazyEntries: true,
      autoClose: false,
      // A fault of one entry must not cost the others.
      decodeStrings: false,
      validateEntrySizes: false,
    }
    try {
      const zip = await yauzl.fromRandomAccessReaderPromise(reader, source.size, options)
      return new ZipReader(source, zip, await listEntries(zip, longestList))
    } catch (error) {
      if (reader.failure) throw reader.failure
      throw new ZipDamageError(String(error), { cause: error })
    } finally {
      reader.forget()
    }
  }

  /**
   * The content of an entry. Memory is taken for its `packed` and `size`, which the caller has
   * checked.
   * @throws ZipDamageError when it is damaged or packed in a way that is not read
   */
  async read(entry: ZipEntry, { checkSum }: { checkSum: boolean }): Promise<Buffer> {
    const { method, packed, size } = entry
    const isSound =
      method === STORED ? packed === size : method === DEFLATED && packed <= size + overhead(size)
    if (!isSound) throw new ZipDamageError('The sizes of an entry contradict each other')
    const { fileDataStart } = await this.headerOf(entry)
    const bytes = await this.source.read(fileDataStart, packed)
    const content = method === STORED ? bytes : await inflated(bytes, size)
    if (content.length === size && (!checkSum || crc32(content) === entry.crc)) return content
    throw new ZipDamageError('The content of an entry is damaged')
  }

  private async headerOf({ packed, offset }: ZipEntry): Promise<{ fileDataStart: number }> {
    const stated = { compressedSize: packed, relativeOffsetOfLocalHeader: offset }
    try {
      // These two are all that is looked at; whole entries of yauzl take a kilobyte each.
      return await this.zip.readLocalFileHeaderPromise(stated as yauzl.Entry, { minimal: true })
    } catch (error) {
      throw new ZipDamageError(String(error), { cause: error })
    }
  }
}

async function listEntries(zip: yauzl.ZipFile, longest: number): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>()
  let [count, bytes] = [0, 0]
  for await (const entry of zip.eachEntry()) {
    const { fileNameLength, extraFieldLength, fileCommentLength } = entry
    bytes += ENTRY_BYTES + fileNameLength + extraFieldLength + fileCommentLength
    if (bytes > longest) throw new ZipDamageError(`More than ${longest} bytes of entries`)
    entries.set(entry.fileNameRaw.toString('utf8'), {
      isPacked: entry.compressionMethod !== STORED,
      packed: entry.compressedSize,
      size: entry.uncompressedSize,
      crc: entry.crc32,
      method: entry.compressionMethod,
      offset: entry.relativeOffsetOfLocalHeader,
    })
    if (++count % PIECE === 0) await breathe()
  }
  return entries
}

/** One byte more than it should have is unpacked at most: too long is damaged too. */
async function inflated(bytes: Buffer, size: number): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: size + 1 })
  } catch (error) {
    throw new ZipDamageError(String(error), { cause: error })
  }
}

/** What yauzl reads with: while it lists the entries, a block at a time. */
class SourceReader extends yauzl.RandomAccessReader {
  /** What the source threw, which is no damage. */
  failure: Error | null = null
  private readonly source: ZipSource
  private block: { at: number; bytes: Buffer } | null = null
  private isListing = true

  constructor(source: ZipSource) {
    super()
    this.source = source
  }

  forget(): void {
    this.isListing = false
    this.block = null
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (!(position >= 0 && position + length <= this.source.size)) {
      callback(null, 0)
      return
    }
    const bytes = this.inBlock(position, length)
    if (bytes) {
      callback(null, bytes.copy(buffer, offset))
      return
    }
    this.fetch(position, length).then(
      (fetched) => callback(null, fetched.copy(buffer, offset, 0, length)),
      (error: unknown) => {
        this.failure = error as Error
        callback(this.failure)
      },
    )
  }

  private inBlock(position: number, length: number): Buffer | null {
    if (!this.block) return null
    const from = position - this.block.at
    if (from < 0 || from + length > this.block.bytes.length) return null
    return this.block.bytes.subarray(from, from + length)
  }

  private async fetch(position: number, length: number): Promise<Buffer> {
    if (!this.isListing) return await this.source.read(position, length)
    const whole = Math.min(Math.max(length, BLOCK), this.source.size - position)
    this.block = { at: position, bytes: await this.source.read(position, whole) }
    return this.block.bytes
  }
}
