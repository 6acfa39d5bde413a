import type { LibrarySort, SortKey } from '#shared/contract/library.ts'
import type { VideoColumns } from './columns.ts'
import { sortInPieces, type Pieces } from '../base/async/pieces.ts'

/** The slots of all videos in the orders that were asked for, kept until rows change. */
export class Orders {
  private readonly columns: VideoColumns
  private readonly kept = new Map<string, Int32Array>()
  private version = -1

  constructor(columns: VideoColumns) {
    this.columns = columns
  }

  async get(sort: LibrarySort, pieces: Pieces): Promise<Int32Array> {
    if (this.version !== this.columns.rowsVersion) this.kept.clear()
    this.version = this.columns.rowsVersion
    const key = `${sort.by} ${sort.descending}`
    const known = this.kept.get(key)
    if (known) return known
    const slots = byPath(this.columns)
    if (sort.by !== 'path') {
      await sortInPieces(slots, comparison(this.columns, sort), pieces)
    } else if (sort.descending) {
      slots.reverse()
    }
    this.kept.set(key, slots)
    return slots
  }
}

function byPath({ fields, count }: VideoColumns): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(count)
  let videos = 0
  for (let slot = 0; slot < count; slot++) {
    if (fields.id[slot] === 0) continue
    slots[fields.pathRank[slot]] = slot
    videos++
  }
  return slots.slice(0, videos)
}

/** Compares slots by a field; those without a value come last whichever way the others stand. */
function comparison(columns: VideoColumns, { by, descending }: LibrarySort) {
  const value = values(columns, by)
  const sign = descending ? -1 : 1
  return (a: number, b: number): number => {
    const difference = value[a] - value[b]
    if (difference === difference) return sign * difference
    return Number(value[a] !== value[a]) - Number(value[b] !== value[b])
  }
}

/** A number a slot that stands as the field does, NaN where there is none. */
function values({ fields, classes, errors }: VideoColumns, by: SortKey): Float64Array {
  if (by === 'length') return fields.frames
  if (by === 'size') return fields.size
  if (by === 'date') return fields.modified
  const [names, numbers] = by === 'error' ? [errors, fields.error] : [classes, fields.class]
  const ranks = Float64Array.from(names.ranks())
  const none = names.find('')
  if (none !== undefined) ranks[none] = NaN
  return Float64Array.from(numbers, (number) => ranks[number])
}
