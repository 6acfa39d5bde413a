import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { PartFile } from '../../base/files/atomic-write.ts'
import { READING } from '../../base/reading.ts'
import type { RgbPicture } from '../../video/rgb-converter.ts'

/** "FAME decoded RGB" and the rules it was read by; then width, height and frames. */
const MAGIC = Buffer.from(`FAMErgb${READING}`)
export const HEADER_BYTES = MAGIC.length + 3 * 4
/** How the name of a file ends that is not whole yet. */
export const PARTIAL = '.part'

/** Takes the frames of one video. */
export class DecodedWriter {
  private readonly part: PartFile
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
    this.part = new PartFile(path, `${path}.${randomUUID()}${PARTIAL}`)
    this.onFailure = onFailure
    mkdirSync(join(path, '..'), { recursive: true })
    this.file = openSync(this.part.path, 'wx')
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
      this.close()
      // A file that a power cut has emptied would keep the name of one that is whole.
      this.part.keepSync('content')
    })
  }

  /** Leaves nothing behind but what was finished. */
  abandon(): void {
    this.close()
    this.part.dropSync()
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
        throw new Error(`A decoded video has no frame ${index}. Delete cache/decoded.`)
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
