import { posix } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { KnownVideo } from '../store/video-rows.ts'
import type { ListedVideo } from './listing.ts'

/** Files a step: about a ms. */
const STEP = 5000

/** What the store has of a data set, beside what its folder has now. */
export class KnownFiles {
  private readonly listed = new Set<string>()
  private readonly present = new Map<string, KnownVideo>()
  /** Rows whose files are where they were, by the hash of their content. */
  private readonly placed = new Map<string, KnownVideo[]>()
  /** Rows whose files are not where they were, by the hash of their content. */
  private readonly absent = new Map<string, KnownVideo[]>()
  private readonly unclaimed = new Set<KnownVideo>()

  /** Takes note of what the folder has, in steps between which the host answers others. */
  async list(videos: readonly ListedVideo[]): Promise<void> {
    for (const [number, { path }] of videos.entries()) {
      this.listed.add(path)
      if (number % STEP === 0) await breathe()
    }
  }

  /** Takes note of what the store has; after `list`. */
  add(rows: readonly KnownVideo[]): void {
    for (const row of rows) {
      if (this.listed.has(row.path)) {
        this.present.set(row.path, row)
        addTo(this.placed, row)
      } else {
        this.unclaimed.add(row)
        addTo(this.absent, row)
      }
    }
  }

  /** The row of a file that is where it was. */
  at(path: string): KnownVideo | undefined {
    return this.present.get(path)
  }

  /** The row of another file that is where it was and had this content; undefined for several. */
  double(hash: string, path: string): KnownVideo | undefined {
    const [double, ...more] = (this.placed.get(hash) ?? []).filter((row) => row.path !== path)
    return more.length === 0 ? double : undefined
  }

  /** Two files have swapped names: their rows follow them. */
  swap(one: KnownVideo, other: KnownVideo): void {
    const [path, otherPath] = [one.path, other.path]
    one.path = otherPath
    other.path = path
    this.present.set(one.path, one)
    this.present.set(other.path, other)
  }

  /**
   * The row that a file now at `path` had where it was before: one of the same content, of the same
   * name if there are several. Each is given once.
   */
  claim(hash: string, size: number | null, path: string): KnownVideo | undefined {
    const alike = (this.absent.get(hash) ?? []).filter(
      (row) => row.size === size && this.unclaimed.has(row),
    )
    const name = posix.basename(path)
    const row = alike.find((one) => posix.basename(one.path) === name) ?? alike[0]
    if (row) this.unclaimed.delete(row)
    return row
  }

  /**
   * Rows whose files are gone and that say so not yet.
   * @param unread folders that could not be read: what lies in them is unknown, not gone
   */
  vanished(unread: readonly string[]): KnownVideo[] {
    const unknown = (path: string): boolean =>
      unread.some((folder) => folder === '' || path.startsWith(`${folder}/`))
    return [...this.unclaimed].filter(
      ({ path, errorKind }) => errorKind !== 'vanished' && !unknown(path),
    )
  }
}

function addTo(rows: Map<string, KnownVideo[]>, row: KnownVideo): void {
  if (row.hash === null) return
  const alike = rows.get(row.hash)
  if (alike) alike.push(row)
  else rows.set(row.hash, [row])
}
