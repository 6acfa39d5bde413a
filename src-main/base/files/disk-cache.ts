import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeAtomic } from './atomic-write.ts'

/** Share of the limit that is left after making room, so that not every new file makes room again. */
const KEPT = 0.9

interface Entry {
  /** Bytes. */
  size: number
  /** Milliseconds since 1970. */
  used: number
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

  /**
   * @param folder made when the first file is
   * @param limit bytes
   */
  constructor(folder: string, limit: number) {
    this.folder = folder
    this.limit = limit
  }

  /** The file of that name, null when it is not kept. */
  async get(name: string): Promise<Uint8Array | null> {
    const file = join(this.folder, name)
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
    const file = join(this.folder, name)
    try {
      const entries = await this.known()
      await mkdir(dirname(file), { recursive: true })
      await writeAtomic(file, bytes, { flush: 'none', part: `${file}.${randomUUID()}.part` })
      this.total += bytes.length - (entries.get(name)?.size ?? 0)
      entries.set(name, { size: bytes.length, used: Date.now() })
    } catch {
      return
    }
    this.room = this.room.then(() => this.makeRoom())
    await this.room
  }

  private async makeRoom(): Promise<void> {
    if (this.total <= this.limit) return
    const entries = await this.known()
    const oldest = [...entries].sort(([, a], [, b]) => a.used - b.used)
    for (const [name, { size }] of oldest) {
      if (this.total <= this.limit * KEPT) return
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
