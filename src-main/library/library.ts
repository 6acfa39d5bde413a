import { LRUCache } from 'lru-cache'
import type {
  LibraryFacets,
  LibraryFilter,
  LibraryPage,
  LibraryPageQuery,
  LibraryView,
  TaggedVideo,
} from '#shared/contract/library.ts'
import type { Video } from '#shared/contract/videos.ts'
import { searchTerms } from '../store/search-words.ts'
import type { Store } from '../store/store.ts'
import { VideoColumns } from './columns.ts'
import { countFacets, histogramEdges } from './facets.ts'
import { Orders } from './orders.ts'
import { Pieces } from '../base/async/pieces.ts'
import { select, tagIds, testsOf, type Tests } from './scan.ts'

/** Lists kept: a page or two in use, and the way back. */
const KEPT = 6
/** Matches of a word read in one go. */
const MATCHES = 10_000

/**
 * The videos of a project as a person browses them: filtered, searched, sorted and counted. Lists
 * are kept as ids, so any page of one is at hand; long work is done in pieces, one request after the
 * other.
 */
export class Library {
  private readonly store: Store
  private readonly columns: VideoColumns
  private readonly orders: Orders
  private readonly lists = new LRUCache<string, Int32Array>({ max: KEPT })
  private listsVersion = -1
  private edges: { version: number; value: number[] } = { version: -1, value: [] }
  private turn: Promise<unknown> = Promise.resolve()

  constructor(store: Store) {
    this.store = store
    this.columns = new VideoColumns(store.libraryRows)
    this.orders = new Orders(this.columns)
  }

  /** @throws WorkbenchError when there is no such video. */
  get(id: number): Promise<TaggedVideo> {
    return this.inTurn(async () => this.tagged(this.store.videos.get(id), this.tagNames()))
  }

  /** One page of the videos that pass a filter, and how many do in all. */
  async page({ offset, limit, ...view }: LibraryPageQuery): Promise<LibraryPage> {
    const ids = await this.ids(view)
    return { total: ids.length, items: this.videos([...ids.subarray(offset, offset + limit)]) }
  }

  /** The ids of the videos that pass a filter, in order. */
  ids(view: LibraryView): Promise<Int32Array> {
    return this.inTurn(async (pieces) => {
      if (this.listsVersion !== this.columns.version) this.lists.clear()
      this.listsVersion = this.columns.version
      const key = JSON.stringify(view)
      const ids = this.lists.get(key) ?? (await this.list(view, pieces))
      this.lists.set(key, ids)
      return ids
    })
  }

  /** How many videos each value of each field has, given the other fields. */
  facets(filter: LibraryFilter): Promise<LibraryFacets> {
    return this.inTurn(async (pieces) => {
      const tests = await this.tests(filter, pieces)
      const edges = await this.lengthEdges(pieces)
      return countFacets(this.columns, tests, this.tagNames(), edges, pieces)
    })
  }

  /** These videos with their tags, in the order of `ids`; those that are gone are left out. */
  videos(ids: readonly number[]): TaggedVideo[] {
    const names = this.tagNames()
    return this.store.videos.these(ids).map((video) => this.tagged(video, names))
  }

  private tagged(video: Video, names: ReadonlyMap<number, string>): TaggedVideo {
    const { fields, tagSets } = this.columns
    const slot = this.columns.slotOf(video.id)
    if (slot === undefined) return { ...video, tags: [], modified: null }
    const tags = tagIds(tagSets.all[fields.tags[slot]]).map((id) => names.get(id) ?? '')
    const modified = fields.modified[slot]
    return { ...video, tags, modified: Number.isNaN(modified) ? null : modified }
  }

  private tagNames(): Map<number, string> {
    return new Map(this.store.tags.list().map(({ id, name }) => [id, name]))
  }

  private async list(view: LibraryView, pieces: Pieces): Promise<Int32Array> {
    const order = await this.orders.get(view.sort, pieces)
    const slots = await select(order, await this.tests(view.filter, pieces), pieces)
    return slots.map((slot) => this.columns.fields.id[slot])
  }

  private async tests(filter: LibraryFilter, pieces: Pieces): Promise<Tests> {
    const wanted = new Set(filter.tags?.map((name) => name.toLowerCase()))
    const tags = this.store.tags.list().filter(({ name }) => wanted.has(name.toLowerCase()))
    return testsOf({
      filter,
      columns: this.columns,
      found: filter.search ? await this.find(filter.search, pieces) : null,
      tags: new Set(tags.map(({ id }) => id)),
    })
  }

  /** By slot, 1 where every word is the beginning of one of the video's; null for no words. */
  private async find(search: string, pieces: Pieces): Promise<Uint8Array | null> {
    const [first, ...others] = searchTerms(search)
    if (first === undefined) return null
    const found = await this.findTerm(first, pieces)
    for (const term of others) {
      const matches = await this.findTerm(term, pieces)
      for (let slot = 0; slot < found.length; slot++) found[slot] &= matches[slot]
    }
    return found
  }

  private async findTerm(term: string, pieces: Pieces): Promise<Uint8Array> {
    const { fields, tagSets, count } = this.columns
    const tags = new Set(this.store.tags.matching(term))
    const tagged = tagSets.all.map((set) => tagIds(set).some((id) => tags.has(id)))
    const matches = new Uint8Array(count)
    for (let slot = 0; tags.size > 0 && slot < count; slot++) {
      matches[slot] = tagged[fields.tags[slot]] ? 1 : 0
    }
    for (let after = 0; ;) {
      const ids = this.store.libraryRows.matching(term, after, MATCHES)
      for (const id of ids) {
        const slot = this.columns.slotOf(id)
        if (slot !== undefined) matches[slot] = 1
      }
      if (ids.length < MATCHES) return matches
      after = ids[ids.length - 1]
      await pieces.pause()
    }
  }

  private async lengthEdges(pieces: Pieces): Promise<number[]> {
    const { rowsVersion: version, fields, count } = this.columns
    if (this.edges.version === version) return this.edges.value
    await pieces.pause()
    const known = new Float64Array(count)
    let used = 0
    for (let slot = 0; slot < count; slot++) {
      if (fields.id[slot] !== 0) known[used++] = fields.frames[slot]
    }
    await pieces.pause()
    const value = histogramEdges(known.subarray(0, used))
    this.edges = { version, value }
    await pieces.pause()
    return value
  }

  /** Does one request after the other, each on the columns as the database has them by then. */
  private inTurn<T>(work: (pieces: Pieces) => Promise<T>): Promise<T> {
    const turn = this.turn.then(async () => {
      const pieces = new Pieces()
      await this.columns.refresh(pieces)
      return work(pieces)
    })
    this.turn = turn.catch(() => undefined)
    return turn
  }
}
