import type { WarningCounts, WarningKind } from '#shared/contract/indexing.ts'
import type { Listing } from './listing.ts'

/** Warnings of one kind about one file that are told one by one. */
const EACH = 20

interface Entry {
  file: string
  told: string[]
  more: number
}

/** Gathers warnings about files; of a file with very many it tells the first and counts the rest. */
export class Warnings {
  readonly counts: WarningCounts = {}
  /** Folders that could not be read, relative to the data set's. */
  private readonly unread: string[] = []
  /** Folders that were not gone into. */
  private readonly hidden: string[] = []
  private readonly entries = new Map<string, Entry>()

  /**
   * @param line counted from 1; null when the whole file is meant.
   * @param count how many things the text is about.
   */
  add(kind: WarningKind, file: string, line: number | null, text: string, count = 1): void {
    const key = `${kind} ${file}`
    const entry = this.entries.get(key) ?? { file, told: [], more: 0 }
    this.entries.set(key, entry)
    this.counts[kind] = (this.counts[kind] ?? 0) + count
    if (entry.told.length === EACH) entry.more++
    else entry.told.push(`${file}${line === null ? '' : `:${line}`}: ${text}`)
  }

  /** A folder whose files are unknown; '' for the data set's own. */
  addUnread(folder: string, text: string): void {
    this.unread.push(folder)
    this.add('unreadable', folder === '' ? 'the folder itself' : folder, null, text)
  }

  addHidden(folder: string): void {
    this.hidden.push(folder)
  }

  /** What a listing says of all this. */
  summary(): Pick<Listing, 'warnings' | 'counts' | 'unread' | 'hidden'> {
    const { counts, unread, hidden } = this
    return { warnings: this.list(), counts, unread, hidden }
  }

  list(): string[] {
    return [...this.entries.values()].flatMap(({ file, told, more }) =>
      more > 0 ? [...told, `${file}: and ${more} more like these`] : told,
    )
  }
}
