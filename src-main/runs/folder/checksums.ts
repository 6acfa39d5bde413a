import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WorkbenchError } from '../../store/workbench-error.ts'

/** SHA-256 in hex by path, relative and with forward slashes. */
export type Checksums = Map<string, string>

/**
 * All files below a folder, relative, with forward slashes, in order. Links and other things that
 * are no plain files are refused.
 * @throws WorkbenchError for what is no plain file
 */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = []
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) await walk(path)
      else if (entry.isFile()) found.push(path)
      else throw new WorkbenchError(`${join(folder, path)} is no plain file. Take it away first.`)
    }
  }
  await walk('')
  return found.sort()
}

/** Copies a file, with the folders above it; returns its SHA-256. */
export async function copyHashed(from: string, to: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await mkdir(dirname(to), { recursive: true })
  const watched = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece)
      done(null, piece)
    },
  })
  await pipeline(createReadStream(from), watched, createWriteStream(to), { signal })
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
export function parseChecksums(text: string, name: string): Checksums {
  const lines = text.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line, i) => {
      const [, sum, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? []
      if (sum !== undefined && path !== undefined) return [path, sum] as const
      throw new WorkbenchError(
        `${name} is damaged at line ${i + 1}. Copy the folder again from where it was exported.`,
      )
    }),
  )
}
