import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes of each of the three parts that are read. */
const PART = 16 * 1024

/**
 * Tells files of different content apart by size, beginning, middle and end: SHA-256, shortened to 32
 * hexadecimal digits. Files of one size that differ elsewhere only are taken for the same.
 * @throws Error when the file cannot be read
 */
export function contentHash(path: string, size: number): string {
  const hash = createHash('sha256').update(`${size} `)
  const part = Buffer.alloc(Math.min(PART, size))
  const file = openSync(path, 'r')
  try {
    for (const from of [0, Math.floor((size - part.length) / 2), size - part.length]) {
      const length = readSync(file, part, 0, part.length, from)
      hash.update(part.subarray(0, length))
    }
  } finally {
    closeSync(file)
  }
  return hash.digest('hex').slice(0, 32)
}
