import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** Bytes of which parts are read. @throws RangeError for a part that is not there */
export interface ByteSource {
  readonly length: number
  read(at: number, length: number): Buffer
}

/** Parts of bytes in memory. */
export function bytesOf(data: Buffer): ByteSource {
  return {
    length: data.length,
    read: (at, length) => {
      checkPart(at, length, data.length)
      return data.subarray(at, at + length)
    },
  }
}

/** A file of any size, of which only the parts asked for are read. */
export class FileSource implements ByteSource {
  readonly length: number
  private readonly descriptor: number

  /** @throws Error when it cannot be opened, or is no plain file: a device has no end */
  constructor(path: string) {
    if (!statSync(path).isFile()) throw new Error('it is not a regular file')
    this.descriptor = openSync(path, 'r')
    this.length = fstatSync(this.descriptor).size
  }

  read(at: number, length: number): Buffer {
    checkPart(at, length, this.length)
    const bytes = Buffer.alloc(length)
    let done = 0
    while (done < length) {
      // One call of the system reads at most 2 GB.
      const wanted = Math.min(length - done, 2 ** 30)
      const got = readSync(this.descriptor, bytes, done, wanted, at + done)
      if (got === 0) throw new RangeError('The file became shorter while it was read')
      done += got
    }
    return bytes
  }

  close(): void {
    closeSync(this.descriptor)
  }
}

function checkPart(at: number, length: number, whole: number): void {
  if (at >= 0 && length >= 0 && at + length <= whole) return
  throw new RangeError(`Expected ${length} bytes at ${at}, there are ${whole} in all`)
}
