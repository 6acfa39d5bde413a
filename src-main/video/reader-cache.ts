import { statSync } from 'node:fs'
import { VideoReader } from './reader.ts'
import { OPEN_READERS } from './reader-cache-size.ts'

interface Entry {
  reader: VideoReader
  /** Changes when the file does. */
  version: string
}

/** The readers used last, so that stepping through a video goes on from where it is. */
export class ReaderCache {
  private readonly entries = new Map<string, Entry>()

  /** @throws VideoError when the file cannot be opened */
  get(path: string): VideoReader {
    const stats = statSync(path, { throwIfNoEntry: false })
    const version = `${stats?.size} ${stats?.mtimeMs}`
    const entry = this.entries.get(path)
    if (entry) this.entries.delete(path)
    if (entry?.version === version) {
      this.entries.set(path, entry)
      return entry.reader
    }
    entry?.reader.close()
    const reader = new VideoReader(path, { scrub: true })
    this.entries.set(path, { reader, version })
    this.trim()
    return reader
  }

  private trim(): void {
    for (const [path, { reader }] of this.entries) {
      if (this.entries.size <= OPEN_READERS) return
      reader.close()
      this.entries.delete(path)
    }
  }
}
