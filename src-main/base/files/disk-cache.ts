import { randomUUID } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeAtomic } from './atomic-write.ts'

/** Share of the limit that is left after making room, so that not every new file makes room again. */
export const KEPT_SHARE = 0.9

/** Share of the limit after which a shared folder is looked at again. */
const LOOK_SHARE = 1 / 16

interface Entry {
  /** Bytes. */
  size: number
  /** Milliseconds since 1970. */
  used: number
}

/** A file of a folder that serves as a cache. */
export interface CachedFile extends Entry {
  path: string
}

/** The files below a folder; none where it cannot be read. */
export function listCached(folder: string): CachedFile[] {
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

/**
 * The files that must go so that at most `limit` bytes are left, those used longest ago first.
 * @param mayGo the others stay even where they exceed the limit by themselves
 */
export function surplus<File extends Entry>(
  files: readonly File[],
  limit: number,
  mayGo: (file: File) => boolean = () => true,
): File[] {
  let total = bytesOf(files)
  const going: File[] = []
  for (const file of files.filter(mayGo).sort((a, b) => a.used - b.used)) {
    if (total <= limit) break
    going.push(file)
    total -= file.size
  }
  return going
}

/** Bytes of files together. */
export function bytesOf(files: readonly Entry[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}

/**
 * Files that can be made again, kept up to a total size; the ones not used for longest go first. When
 * a file was last used is its time of change, so the order outlives the process. A disk that is full
 * or cannot be written costs the cache and nothing else.
 */
export class DiskCache {
  private readonly folder: string
  private readonly limit: number
  private entries: Promise<Map<string, Entry>> | null = null
  /** Bytes kept. */
  private total = 0
  private room: Promise<void> = Promise.resolve()
  private readonly shared: boolean
  /** Bytes put here since the folder was last looked at. */
  private sinceLook = 0

  /**
   * @param folder made when the first file is
   * @param limit bytes
   * @param shared whether other processes fill the folder, too; then it is looked at again after each
   * sixteenth of the limit. Default false.
   */
  constructor(folder: string, limit: number, { shared = false }: { shared?: boolean } = {}) {
    this.folder = folder
    this.limit = limit
    this.shared = shared
  }

  /** The file of that name, null when it is not kept. */
  async get(name: string): Promise<Uint8Array | null> {
    const file = this.pathOf(name)
    const bytes = await readFile(file).catch(() => null)
    if (!bytes) return null
    const now = new Date()
    const entry = (await this.known()).get(name)
    if (entry) entry.used = now.getTime()
    await utimes(file, now, now).catch(() => undefined)
    return bytes
  }

  /** Keeps a file, written beside and renamed: a reader never sees half of one. */
  async put(name: string, bytes: Uint8Array): Promise<void> {
    const file = this.pathOf(name)
    try {
      const entries = await this.known()
      await mkdir(dirname(file), { recursive: true })
      await writeAtomic(file, bytes, { flush: 'none', part: `${file}.${randomUUID()}.part` })
      this.total += bytes.length - (entries.get(name)?.size ?? 0)
      entries.set(name, { size: bytes.length, used: Date.now() })
      this.sinceLook += bytes.length
    } catch {
      return
    }
    this.room = this.room.then(() => this.makeRoom())
    await this.room
  }

  /** Absolute path of the file of that name, which may be read while it is there. */
  pathOf(name: string): string {
    return join(this.folder, name)
  }

  private async makeRoom(): Promise<void> {
    if (this.shared && this.sinceLook > this.limit * LOOK_SHARE) this.entries = null
    await this.known()
    if (this.total <= this.limit) return
    const entries = await this.known()
    const all = Array.from(entries, ([name, entry]) => ({ ...entry, name }))
    for (const { name, size } of surplus(all, this.limit * KEPT_SHARE)) {
      await rm(join(this.folder, name), { force: true }).catch(() => undefined)
      entries.delete(name)
      this.total -= size
    }
  }

  private known(): Promise<Map<string, Entry>> {
    this.entries ??= this.walk()
    return this.entries
  }

  private async walk(): Promise<Map<string, Entry>> {
    const entries = new Map<string, Entry>()
    this.total = 0
    this.sinceLook = 0
    const names = await readdir(this.folder, { recursive: true }).catch(() => [])
    for (const name of names) {
      const stats = await stat(join(this.folder, name)).catch(() => null)
      if (!stats?.isFile()) continue
      entries.set(name, { size: stats.size, used: stats.mtimeMs })
      this.total += stats.size
    }
    return entries
  }
}
