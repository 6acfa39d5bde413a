import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * What is on disk when a write returns. After a power cut
 * - `none`: the file may be the old one, the new one or empty. For what can be made again.
 * - `content`: the file is the old one or the new one, whole.
 * - `name`: the new name is flushed; the caller has flushed the content.
 * - `all`: the file is the new one, whole.
 *
 * A crash of the process alone leaves the old file or the new one in every case.
 */
export type Flush = 'none' | 'content' | 'name' | 'all'

/**
 * A file that is written beside its place and gets its own name when it is complete, so that a
 * reader sees the old file or the new one, never a part. For writers that take a path or write in
 * pieces; `writeAtomic` writes bytes that are at hand.
 */
export class PartFile {
  /** Write here. */
  readonly path: string
  private readonly file: string

  /**
   * @param path on the same disk as `file`. The default serves one writer at a time, and what a crash
   * leaves there is overwritten by the next one.
   */
  constructor(file: string, path = `${file}.part`) {
    this.file = file
    this.path = path
  }

  /** Gives the complete file its name. @throws ErrnoException, as every method here */
  async keep(flush: Flush): Promise<void> {
    if (flushesContent(flush)) await flushOne(this.path, 'r+')
    await rename(this.path, this.file)
    if (flushesName(flush)) await flushOne(dirname(this.file), 'r')
  }

  keepSync(flush: Flush): void {
    if (flushesContent(flush)) flushOneSync(this.path, 'r+')
    renameSync(this.path, this.file)
    if (flushesName(flush)) flushOneSync(dirname(this.file), 'r')
  }

  /** Takes away what was not kept. */
  async drop(): Promise<void> {
    await rm(this.path, { force: true })
  }

  dropSync(): void {
    rmSync(this.path, { force: true })
  }
}

/** What `writeAtomic` needs to know. */
export interface AtomicWrite {
  flush: Flush
  /** Where it is written first, as in `PartFile`. */
  part?: string
}

/** Writes a file as a whole. The folder must exist. @throws ErrnoException; the old file stays then */
export async function writeAtomic(
  file: string,
  data: string | Uint8Array,
  { flush, part: path }: AtomicWrite,
): Promise<void> {
  const part = new PartFile(file, path)
  try {
    await writeFile(part.path, data)
    await part.keep(flush)
  } catch (error) {
    await part.drop().catch(() => undefined)
    throw error
  }
}

/** The same at once, for a process that does nothing else meanwhile. */
export function writeAtomicSync(
  file: string,
  data: string | Uint8Array,
  { flush, part: path }: AtomicWrite,
): void {
  const part = new PartFile(file, path)
  try {
    writeFileSync(part.path, data)
    part.keepSync(flush)
  } catch (error) {
    dropQuietly(part)
    throw error
  }
}

/** The failed write is what the caller must hear of. */
function dropQuietly(part: PartFile): void {
  try {
    part.dropSync()
  } catch {
    // The disk that refused the write may refuse this as well.
  }
}

const flushesContent = (flush: Flush): boolean => flush === 'content' || flush === 'all'

/** Windows can flush no folder. */
const flushesName = (flush: Flush): boolean =>
  process.platform !== 'win32' && (flush === 'name' || flush === 'all')

async function flushOne(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function flushOneSync(path: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
