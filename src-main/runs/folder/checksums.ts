import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Pieces } from '../../base/async/pieces.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'

/** SHA-256 in hex by path, relative and with forward slashes. */
export type Checksums = Map<string, string>

/** Files of one run: a few, and some for each evaluation. */
const MOST_FILES = 300_000

/**
 * All files below a folder, relative, with forward slashes, in order. Links and other things that
 * are no plain files are refused.
 * @throws WorkbenchError for what is no plain file, and for more files than a run can have
 */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = []
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) await walk(path)
      else if (entry.isFile() && found.length < MOST_FILES) found.push(path)
      else if (entry.isFile()) {
        throw new WorkbenchError(`${folder} has more than ${MOST_FILES} files. No run has so many.`)
      } else
        throw new WorkbenchError(`${join(folder, path)} is not a regular file. Move it away first.`)
    }
  }
  await walk('')
  return found.sort()
}

/** Copies a file, with the folders above it, onto the disk; returns its SHA-256. */
export async function copyHashed(from: string, to: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await mkdir(dirname(to), { recursive: true })
  const watched = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece)
      done(null, piece)
    },
  })
  await pipeline(createReadStream(from), watched, createWriteStream(to, { flush: true }), {
    signal,
  })
  return hash.digest('hex')
}

/** SHA-256 of a file. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

export function printChecksums(sums: Checksums): string {
  return [...sums].map(([path, sum]) => `${sum}  ${path}\n`).join('')
}

/** @throws WorkbenchError where a line is none of `sha256sum` */
export async function parseChecksums(text: string, name: string): Promise<Checksums> {
  const sums: Checksums = new Map()
  const pieces = new Pieces()
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue
    const [, sum, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? []
    if (sum === undefined || path === undefined) {
      throw new WorkbenchError(
        `${name} is damaged at line ${i + 1}. Copy the exported folder again.`,
      )
    }
    sums.set(path, sum)
    await pieces.pause()
  }
  return sums
}
