import { statSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { readFramePlan } from './frame-plan.ts'
import type { FramePlan } from './frame-plan.ts'
import { planCache } from './plan-cache.ts'
import { VideoReader } from './reader.ts'
import { OPEN_READERS } from './reader-cache-size.ts'
import { RecentFrames } from './recent-frames.ts'

/** Bytes of decoded frames that are kept, of the video used last: 46 of 1280x720. */
const RECENT_BYTES = 64e6
/** Bytes of plans that are kept: of a million frames. */
const PLAN_BYTES = 16e6

interface Entry {
  reader: VideoReader
  /** Changes when the file does. */
  version: string
  /** Jobs that read it now. */
  users: number
}

/** The readers used last, so that stepping through a video goes on from where it is. */
export class ReaderCache {
  private readonly entries = new LRUCache<string, Entry>({
    max: OPEN_READERS,
    dispose: closeUnused,
  })
  private readonly plans = planCache(PLAN_BYTES)
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
      if (this.entries.peek(path) !== entry) closeUnused(entry)
    }
  }

  private open(path: string): Entry {
    const stats = statSync(path, { throwIfNoEntry: false })
    const version = `${stats?.size} ${stats?.mtimeMs}`
    const known = this.entries.get(path)
    if (known?.version === version) return known
    const entry = this.read(path, version)
    this.entries.set(path, entry)
    return entry
  }

  private read(path: string, version: string): Entry {
    const plan = () => this.planOf(path, version)
    const reader = new VideoReader(path, { scrub: true, recent: this.recent, plan })
    return { reader, version, users: 0 }
  }

  private planOf(path: string, version: string): FramePlan | null {
    const key = `${version} ${path}`
    const kept = this.plans.get(key)
    if (kept) return kept.plan
    const plan = readFramePlan(path)
    this.plans.set(key, { plan })
    return plan
  }
}

function closeUnused({ reader, users }: Entry): void {
  if (users === 0) reader.close()
}
