import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { READING } from '../../store/reading.ts'
import type { RgbPicture } from '../../video/rgb-converter.ts'

export interface DecodedCacheOptions {
  /** Absolute; made when the first video is kept. */
  folder: string
  /** Bytes. */
  limit: number
  /** Milliseconds since 1970: videos used since then do not give way to others. */
  since: number
}

/** "FAME decoded RGB" and the rules it was read by; then width, height and frames. */
const MAGIC = Buffer.from(`FAMErgb${READING}`)
const HEADER_BYTES = MAGIC.length + 3 * 4
/** Share of what is free that is filled before the folder is looked at again. */
const ALLOWANCE = 1 / 16
/** Share of the limit that is kept when room is made. */
const KEPT = 0.9
/** Milliseconds after which a file that was not finished belongs to nobody. */
const ABANDONED = 600_000

const [SUFFIX, PARTIAL] = ['.rgb', '.part']

/**
 * Decoded videos on disk, u8 RGB as decoded, for loader threads of any number of processes. A file is
 * named after the path, size and time of change of its video and appears when it is whole. Videos not
 * used for longest give way, but not those used since `since`: where a run's own videos do not all
 * fit, those that do stay, since each is wanted once an epoch.
 */
export class DecodedCache {
  private readonly options: DecodedCacheOptions
  /** Bytes that may be written before the folder is looked at again. */
  private allowance = 0
  /** Nothing more fits, or the disk does not take it. */
  private closed = false
  private failed = false

  constructor(options: DecodedCacheOptions) {
    this.options = options
  }

  /** Has the disk not taken what it was given? */
  get hasFailed(): boolean {
    return this.failed
  }

  /** The decoded frames of a video, to be closed; null where they are not kept. */
  open(video: string): DecodedFile | null {
    const path = this.pathOf(video)
    return path === null ? null : DecodedFile.open(path)
  }

  /**
   * Begins to keep a video; null where there is no room for it.
   * @param bytes of all its frames
   * @throws Error of the file system, after which nothing more is kept
   */
  begin(video: string, bytes: number): DecodedWriter | null {
    const path = this.closed ? null : this.pathOf(video)
    if (path === null || !this.hasRoom(bytes + HEADER_BYTES)) return null
    try {
      return new DecodedWriter(path, bytes + HEADER_BYTES, () => this.fail())
    } catch (error) {
      this.fail()
      throw error
    }
  }

  private fail(): void {
    this.failed = true
    this.closed = true
  }

  private pathOf(video: string): string | null {
    const stats = statSync(video, { throwIfNoEntry: false })
    if (!stats) return null
    const key = JSON.stringify([video, stats.size, stats.mtimeMs])
    const name = createHash('sha256').update(key).digest('hex').slice(0, 40)
    return join(this.options.folder, name.slice(0, 2), name + SUFFIX)
  }

  private hasRoom(bytes: number): boolean {
    if (bytes > this.allowance) {
      const free = this.makeRoom(bytes)
      if (free < bytes) {
        // Videos of other sizes may fit, but hardly many.
        this.closed = bytes <= this.options.limit
        return false
      }
      this.allowance = Math.max(bytes, free * ALLOWANCE)
    }
    this.allowance -= bytes
    return true
  }

  /** Removes what was not used for longest where `bytes` do not fit; returns what is free then. */
  private makeRoom(bytes: number): number {
    const { limit, since } = this.options
    const files = listFiles(this.options.folder)
    let total = files.reduce((sum, { size }) => sum + size, 0)
    if (total + bytes <= limit) return limit - total
    for (const { path, size, used } of files.sort((a, b) => a.used - b.used)) {
      const isIdle = path.endsWith(PARTIAL) ? used < Date.now() - ABANDONED : used < since
      if (!isIdle || total + bytes <= limit * KEPT) continue
      rmSync(path, { force: true })
      total -= size
    }
    return limit - total
  }
}

function listFiles(folder: string): { path: string; size: number; used: number }[] {
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
  return names.flatMap((name) => {
    const path = join(folder, name)
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats?.isFile() ? [{ path, size: stats.size, used: stats.mtimeMs }] : []
  })
}

/** Takes the frames of one video. */
export class DecodedWriter {
  private readonly path: string
  private readonly partial: string
  private readonly file: number
  private readonly onFailure: () => void
  private isOpen = true
  private frames = 0
  private picture: Pick<RgbPicture, 'width' | 'height'> = { width: 0, height: 0 }

  /**
   * @param size bytes of the whole file, so that other threads know what it will take
   * @throws Error of the file system
   */
  constructor(path: string, size: number, onFailure: () => void) {
    this.path = path
    this.partial = `${path}.${randomUUID()}${PARTIAL}`
    this.onFailure = onFailure
    mkdirSync(join(path, '..'), { recursive: true })
    this.file = openSync(this.partial, 'wx')
    ftruncateSync(this.file, size)
  }

  /**
   * Writes frame `index`; every one must come, the last as the last.
   * @throws Error of the file system; nothing is kept then
   */
  add(index: number, picture: RgbPicture): void {
    const { data, rowBytes, width, height } = picture
    this.picture = { width, height }
    this.frames = index + 1
    const row = width * 3
    const packed = new Uint8Array(height * row)
    for (let y = 0; y < height; y++) {
      packed.set(data.subarray(y * rowBytes, y * rowBytes + row), y * row)
    }
    this.attempt(() => writeWhole(this.file, packed, HEADER_BYTES + index * packed.length))
  }

  /** @throws Error of the file system; nothing is kept then */
  finish(): void {
    const { width, height } = this.picture
    const header = Buffer.alloc(HEADER_BYTES)
    MAGIC.copy(header)
    ;[width, height, this.frames].forEach((value, i) =>
      header.writeUInt32LE(value, MAGIC.length + 4 * i),
    )
    this.attempt(() => {
      writeWhole(this.file, header, 0)
      fsyncSync(this.file)
      this.close()
      renameSync(this.partial, this.path)
    })
  }

  /** Leaves nothing behind but what was finished. */
  abandon(): void {
    this.close()
    rmSync(this.partial, { force: true })
  }

  private close(): void {
    if (this.isOpen) closeSync(this.file)
    this.isOpen = false
  }

  private attempt(write: () => void): void {
    try {
      write()
    } catch (error) {
      this.onFailure()
      throw error
    }
  }
}

function writeWhole(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done)
  }
}

/** A decoded video on disk. */
export class DecodedFile {
  readonly frames: number
  readonly width: number
  readonly height: number
  private readonly file: number
  private readonly bytes: Uint8Array

  /** Null where there is none that is whole. */
  static open(path: string): DecodedFile | null {
    const file = openIfThere(path)
    if (file === null) return null
    const header = readHeader(file)
    if (header) return new DecodedFile(file, header)
    closeSync(file)
    return null
  }

  private constructor(file: number, { width, height, frames }: Header) {
    this.file = file
    this.width = width
    this.height = height
    this.frames = frames
    this.bytes = new Uint8Array(width * height * 3)
  }

  /**
   * Frame `index` in memory that holds until the next call.
   * @throws Error when the file cannot be read
   */
  read(index: number): RgbPicture {
    const { bytes, width, height } = this
    const from = HEADER_BYTES + index * bytes.length
    for (let done = 0; done < bytes.length;) {
      const read = readSync(this.file, bytes, done, bytes.length - done, from + done)
      if (read === 0)
        throw new Error(`A decoded video has no frame ${index}; remove cache/decoded.`)
      done += read
    }
    return { data: bytes, frames: 1, rowBytes: width * 3, width, height }
  }

  close(): void {
    closeSync(this.file)
  }
}

type Header = Pick<DecodedFile, 'width' | 'height' | 'frames'>

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}

/** Null where the file is not whole; one that is counts as used now. */
function readHeader(file: number): Header | null {
  const header = Buffer.alloc(HEADER_BYTES)
  readSync(file, header, 0, HEADER_BYTES, 0)
  const [width, height, frames] = [0, 1, 2].map((i) => header.readUInt32LE(MAGIC.length + 4 * i))
  const isOurs = MAGIC.equals(header.subarray(0, MAGIC.length)) && frames > 0
  if (!isOurs || fstatSync(file).size !== HEADER_BYTES + frames * width * height * 3) return null
  touch(file)
  return { width, height, frames }
}

function touch(file: number): void {
  const now = new Date()
  try {
    futimesSync(file, now, now)
  } catch {
    // A cache that can only be read is of use, too.
  }
}
