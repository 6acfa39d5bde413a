import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { LibraryFilter, LibrarySort, Range, SortKey } from '#shared/contract/library.ts'

/** Everything a library shows, as far as an address keeps it. */
export interface LibraryPlace {
  filter: LibraryFilter
  sort: LibrarySort
  layout: 'grid' | 'table'
  /** The video whose details are open. */
  video: number | null
}

export const sortLabels: Record<SortKey, string> = {
  path: 'Path',
  class: 'Class',
  length: 'Length',
  size: 'Size',
  date: 'Date',
  error: 'Error',
}

const splits = ['train', 'test', 'val', 'none'] as const
type SplitChoice = (typeof splits)[number]
const maskChoices = ['corrected', 'approved', 'rejected', 'none'] as const

/** How an address writes the class of videos that have none. */
const NO_CLASS = '~'

/** Reads the part of an address behind the question mark; what cannot be read is left out. */
export function placeOf(query: LocationQuery): LibraryPlace {
  const [by = '', descending] = first(query.sort)?.split('.') ?? []
  return {
    filter: withoutEmpty({
      search: first(query.q),
      datasets: all(query.set)
        .map(Number)
        .filter((id) => Number.isInteger(id)),
      classes: all(query.class).map((name) => (name === NO_CLASS ? '' : name)),
      splits: all(query.split).filter((name): name is SplitChoice =>
        splits.some((s) => s === name),
      ),
      tags: all(query.tag),
      masks: maskChoices.filter((name) => all(query.masks).includes(name)),
      length: rangeOf(first(query.length)),
      size: rangeOf(first(query.size)),
      damaged: query.damaged === undefined ? undefined : first(query.damaged) !== 'no',
    }),
    sort: { by: by in sortLabels ? (by as SortKey) : 'path', descending: descending === 'down' },
    layout: first(query.layout) === 'table' ? 'table' : 'grid',
    video: Number(first(query.video)) || null,
  }
}

/** The address of a place, as short as it can be. */
export function queryOf({ filter, sort, layout, video }: LibraryPlace): LocationQueryRaw {
  const isPlainSort = sort.by === 'path' && !sort.descending
  return withoutEmpty({
    q: filter.search,
    set: filter.datasets?.map(String),
    class: filter.classes?.map((name) => (name === '' ? NO_CLASS : name)),
    split: filter.splits,
    tag: filter.tags,
    masks: filter.masks,
    length: rangeText(filter.length),
    size: rangeText(filter.size),
    damaged: filter.damaged === undefined ? undefined : filter.damaged ? 'yes' : 'no',
    sort: isPlainSort ? undefined : sort.descending ? `${sort.by}.down` : sort.by,
    layout: layout === 'grid' ? undefined : layout,
    video: video === null ? undefined : String(video),
  })
}

/** The same without fields that pass everything, so that equal filters look the same. */
export function withoutEmpty<T extends object>(fields: T): T {
  const isFull = (value: unknown): boolean =>
    value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isFull(value))) as T
}

type QueryValue = LocationQuery[string] | undefined

function all(value: QueryValue): string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string')
}

function first(value: QueryValue): string | undefined {
  return all(value)[0]
}

/** '10-20', '10-', '-20' */
function rangeOf(text: string | undefined): Range | undefined {
  const parts = /^(\d*)-(\d*)$/.exec(text ?? '')
  if (!parts) return undefined
  const [min, max] = parts.slice(1).map((part) => (part === '' ? undefined : Number(part)))
  return min === undefined && max === undefined ? undefined : { min, max }
}

function rangeText(range: Range | undefined): string | undefined {
  if (range?.min === undefined && range?.max === undefined) return undefined
  return `${range.min ?? ''}-${range.max ?? ''}`
}
