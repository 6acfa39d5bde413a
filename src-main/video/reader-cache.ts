import { statSync } from 'node:fs'
import { readFramePlan } from './frame-plan.ts'
import type { FramePlan } from './frame-plan.ts'
import { VideoReader } from './reader.ts'
import { OPEN_READERS } from './reader-cache-size.ts'
import { RecentFrames } from './recent-frames.ts'

/** Bytes of decoded frames that are kept, of the video used last: 46 of 1280x720. */
const RECENT_BYTES = 64e6
/** Videos whose plans are kept; one takes some 200 bytes a frame. */
const KEPT_PLANS = 32

interface Entry {
  reader: VideoReader
  /** Changes when the file does. */
  version: string
  /** Jobs that read it now. */
  users: number
}

/** The readers used last, so that stepping through a video goes on from where it is. */
export class ReaderCache {
  private readonly entries = new Map<string, Entry>()
  private readonly plans = new Map<string, FramePlan | null>()
  private readonly recent = new RecentFrames(RECENT_BYTES)

  /**
   * Hands `work` the reader of a video, which stays open until it ends.
   * @throws VideoError when the file cannot be opened
   */
  async use<T>(path: string, work: (reader: VideoReader) => T | Promise<T>): Promise<T> {
    const entry = this.open(path)
    entry.users++
    try {
      return await work(entry.reader)
    } finally {
      entry.users--
      if (this.entries.get(path) !== entry) closeUnused(entry)
    }
  }

  private open(path: string): Entry {
    const stats = statSync(path, { throwIfNoEntry: false })
    const version = `${stats?.size} ${stats?.mtimeMs}`
    const known = this.entries.get(path)
    this.entries.delete(path)
    if (known && known.version !== version) closeUnused(known)
    const entry = known?.version === version ? known : this.read(path, version)
    this.entries.set(path, entry)
    this.trim()
    return entry
  }

  private read(path: string, version: string): Entry {
    const plan = () => this.planOf(path, version)
    const reader = new VideoReader(path, { scrub: true, recent: this.recent, plan })
    return { reader, version, users: 0 }
  }

  private planOf(path: string, version: string): FramePlan | null {
    const key = `${version} ${path}`
    const plan = this.plans.get(key) ?? readFramePlan(path)
    this.plans.delete(key)
    this.plans.set(key, plan)
    for (const oldest of this.plans.keys()) {
      if (this.plans.size <= KEPT_PLANS) break
      this.plans.delete(oldest)
    }
    return plan
  }

  private trim(): void {
    for (const [path, entry] of this.entries) {
      if (this.entries.size <= OPEN_READERS) return
      this.entries.delete(path)
      closeUnused(entry)
    }
  }
}

function closeUnused({ reader, users }: Entry): void {
  if (users === 0) reader.close()
}
