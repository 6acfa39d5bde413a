import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes read from the disk at once. */
const BLOCK = 256 * 1024

/** Reads small pieces of a file; those that lie close together cost one access to the disk. */
export class ByteReader {
  /** Bytes of the file. */
  readonly size: number
  private readonly file: number
  private readonly onRead: (() => void) | undefined
  private block = Buffer.alloc(0)
  private from = 0

  /** @param onRead called with every access to the disk, to show that the work goes on */
  constructor(path: string, size: number, onRead?: () => void) {
    this.file = openSync(path, 'r')
    this.size = size
    this.onRead = onRead
  }

  /**
   * `length` bytes from byte `at`; fewer at the end of the file. Valid until the next call.
   * @param length at most 256 KB
   */
  read(at: number, length: number): Buffer {
    if (at < this.from || at + length > this.from + this.block.length) this.fill(at)
    return this.block.subarray(at - this.from, at - this.from + length)
  }

  /** The byte at `at`; -1 behind the end of the file. */
  byte(at: number): number {
    return this.read(at, 1)[0] ?? -1
  }

  close(): void {
    closeSync(this.file)
  }

  private fill(at: number): void {
    const block = Buffer.allocUnsafe(Math.max(0, Math.min(BLOCK, this.size - at)))
    this.block = block.subarray(0, readSync(this.file, block, 0, block.length, at))
    this.from = at
    this.onRead?.()
  }
}
