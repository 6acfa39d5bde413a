import type { WarningCounts, WarningKind } from '#shared/contract/indexing.ts'
import { printable } from '#shared/text/printable.ts'
import { FEWEST_FRAMES } from '../video/frame-sequence.ts'
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
  /** Files that are not known as videos, by their ending. */
  private readonly leftOut = new Map<string, number>()

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
    else entry.told.push(printable(`${file}${line === null ? '' : `:${line}`}: ${text}`))
  }

  /** A file that is not known as a video. */
  addLeftOut(name: string): void {
    const ending = /[^.]\.([^.]{1,8})$/.exec(name)?.[1].toLowerCase()
    const kind = ending === undefined ? 'without an ending' : `.${ending}`
    this.leftOut.set(kind, (this.leftOut.get(kind) ?? 0) + 1)
  }

  /** A video whose name is not UTF-8, so that it cannot be opened. */
  addMisnamed(path: string): void {
    const text = 'the name is not UTF-8, so the file cannot be opened. Rename it and index again'
    this.add('skipped', path, null, text)
  }

  /** A folder whose files are unknown; '' for the data set's own. */
  addUnread(folder: string, text: string): void {
    this.unread.push(folder)
    this.add('unreadable', folder === '' ? 'the folder itself' : folder, null, text)
  }

  addHidden(folder: string): void {
    this.hidden.push(folder)
  }

  /** What a listing says of all this. Call it once, at the end. */
  summary(): Pick<Listing, 'warnings' | 'counts' | 'unread' | 'hidden'> {
    this.tellLeftOut()
    const { counts, unread, hidden } = this
    return { warnings: this.list(), counts, unread, hidden }
  }

  private tellLeftOut(): void {
    const kinds = [...this.leftOut].sort(([, a], [, b]) => b - a)
    if (kinds.length === 0) return
    const total = kinds.reduce((sum, [, count]) => sum + count, 0)
    const shown = kinds.slice(0, 6).map(([kind, count]) => `${kind} ${count}`)
    const more = kinds.length > shown.length ? `, ${kinds.length - shown.length} more` : ''
    const text = `files that are not videos: ${total} (${shown.join(', ')}${more})`
    this.add('skipped', 'left out', null, text + this.adviceOnPictures(), total)
  }

  /** What to do where the frames of videos may have been meant. */
  private adviceOnPictures(): string {
    const kinds = ['.jpg', '.jpeg', '.png']
    const pictures = kinds.reduce((sum, kind) => sum + (this.leftOut.get(kind) ?? 0), 0)
    if (pictures < FEWEST_FRAMES) return ''
    return (
      `. Pictures are read as the frames of a video if each video has its own folder with at least ${FEWEST_FRAMES} ` +
      'pictures whose names differ only by their number'
    )
  }

  list(): string[] {
    return [...this.entries.values()].flatMap(({ file, told, more }) =>
      more > 0 ? [...told, `${file}: and ${more} more like these`] : told,
    )
  }
}
