import type { LibraryFilter, MaskChoice, Range } from '#shared/contract/library.ts'
import { maskNames, splitNames, type VideoColumns } from './columns.ts'
import type { Pieces } from '../base/async/pieces.ts'

/** The fields of a filter that have counts beside them. */
export const counted = [
  'datasets',
  'classes',
  'splits',
  'tags',
  'masks',
  'damaged',
  'length',
] as const
export type Counted = (typeof counted)[number]

/** One field of a filter; says of a slot whether its video passes. */
interface Test {
  field: Counted | 'search' | 'size'
  passes: (slot: number) => boolean
}

/** A filter made ready for one pass over the columns. */
export type Tests = readonly Test[]

export interface TestOptions {
  filter: LibraryFilter
  columns: VideoColumns
  /** By slot, 1 where the words of the search are found; null without a search. */
  found: Uint8Array | null
  /** Ids of the tags that the filter names. */
  tags: ReadonlySet<number>
}

export function testsOf({ filter, columns, found, tags }: TestOptions): Tests {
  const { fields, classes, errors } = columns
  const tests: Test[] = []
  const add = (field: Test['field'], passes: Test['passes']): void =>
    void tests.push({ field, passes })
  if (found) add('search', (slot) => found[slot] === 1)
  if (filter.datasets?.length) {
    const wanted = new Set(filter.datasets)
    add('datasets', (slot) => wanted.has(fields.dataset[slot]))
  }
  if (filter.classes?.length) {
    const wanted = new Set(filter.classes.map((name) => classes.find(name)))
    add('classes', (slot) => wanted.has(fields.class[slot]))
  }
  if (filter.splits?.length) {
    const wanted = new Set(filter.splits.map((name) => splitNames.indexOf(name)))
    add('splits', (slot) => wanted.has(fields.split[slot]))
  }
  if (filter.tags?.length) {
    const wanted = columns.tagSets.all.map((set) => tagIds(set).some((id) => tags.has(id)))
    add('tags', (slot) => wanted[fields.tags[slot]])
  }
  if (filter.masks?.length) {
    const wanted = filter.masks
    const passes = Array.from({ length: 2 ** (maskNames.length - 1) }, (_, bits) =>
      masksOf(bits).some((name) => wanted.includes(name)),
    )
    add('masks', (slot) => passes[fields.masks[slot]])
  }
  if (filter.damaged !== undefined) {
    const none = errors.find('')
    add('damaged', (slot) => (fields.error[slot] !== none) === filter.damaged)
  }
  if (isBounded(filter.length)) add('length', within(fields.frames, filter.length))
  if (isBounded(filter.size)) add('size', within(fields.size, filter.size))
  return tests
}

/** What a value of the mask column says. */
export function masksOf(bits: number): readonly MaskChoice[] {
  return bits === 0 ? ['none'] : maskNames.filter((_, i) => (bits & (1 << i)) !== 0)
}

/** The ids in a name of `tagSets`. */
export function tagIds(set: string): number[] {
  return set === '' ? [] : set.split(',').map(Number)
}

function isBounded(range: Range | undefined): range is Range {
  return range?.min !== undefined || range?.max !== undefined
}

function within(values: Float64Array, { min = -Infinity, max = Infinity }: Range) {
  return (slot: number): boolean => values[slot] >= min && values[slot] <= max
}

/** Slots between two looks at the clock. */
const STEP = 2048

/** The slots of `order` whose videos pass, in its order. */
export async function select(order: Int32Array, tests: Tests, pieces: Pieces): Promise<Int32Array> {
  const passed = new Int32Array(order.length)
  let count = 0
  for (let at = 0; at < order.length; at++) {
    const slot = order[at]
    if (tests.every(({ passes }) => passes(slot))) passed[count++] = slot
    if (at % STEP === 0) await pieces.pause()
  }
  return passed.slice(0, count)
}

/**
 * Calls `count` for every video that passes all fields but at most one, with that one, or with null
 * where it passes all: what the counts beside a filter are made of.
 */
export async function countBeside(
  { fields, count: slots }: VideoColumns,
  tests: Tests,
  count: (slot: number, failed: Test['field'] | null) => void,
  pieces: Pieces,
): Promise<void> {
  for (let slot = 0; slot < slots; slot++) {
    if (slot % STEP === 0) await pieces.pause()
    if (fields.id[slot] === 0) continue
    let failed: Test['field'] | null = null
    let fails = 0
    for (const test of tests) {
      if (test.passes(slot)) continue
      failed = test.field
      if (++fails > 1) break
    }
    if (fails < 2) count(slot, failed)
  }
}
