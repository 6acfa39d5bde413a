import type { Histogram, LibraryFacets } from '#shared/contract/library.ts'
import { maskNames, splitNames, type VideoColumns } from './columns.ts'
import type { Pieces } from '../base/async/pieces.ts'
import { countBeside, masksOf, tagIds, type Tests } from './scan.ts'

/** Bins of a histogram, about. */
const BINS = 32
/** Share of the videos that bins of equal width hold; the last bin takes the few far above. */
const SHOWN = 0.99

/** Tag names by id. */
type TagNames = ReadonlyMap<number, string>

/** How many videos each value has among those that pass all the other fields of the filter. */
export async function countFacets(
  columns: VideoColumns,
  tests: Tests,
  tagNames: TagNames,
  edges: readonly number[],
  pieces: Pieces,
): Promise<LibraryFacets> {
  const { fields, classes, errors, tagSets } = columns
  const datasets = new Map<number, number>()
  const byClass = new Int32Array(classes.all.length)
  const bySplit = new Int32Array(splitNames.length)
  const bySet = new Int32Array(tagSets.all.length)
  const byMasks = new Int32Array(2 ** (maskNames.length - 1))
  const lengths = new Array<number>(edges.length).fill(0)
  const width = edges.length > 1 ? edges[1] - edges[0] : 1
  const none = errors.find('')
  let most = 0
  const facets = { total: 0, damaged: 0, readable: 0 }
  const count: Parameters<typeof countBeside>[2] = (slot, failed) => {
    if (failed === null) facets.total++
    if (failed === null || failed === 'datasets') {
      datasets.set(fields.dataset[slot], (datasets.get(fields.dataset[slot]) ?? 0) + 1)
    }
    if (failed === null || failed === 'classes') byClass[fields.class[slot]]++
    if (failed === null || failed === 'splits') bySplit[fields.split[slot]]++
    if (failed === null || failed === 'tags') bySet[fields.tags[slot]]++
    if (failed === null || failed === 'masks') byMasks[fields.masks[slot]]++
    if (failed === null || failed === 'damaged') {
      facets[fields.error[slot] === none ? 'readable' : 'damaged']++
    }
    const frames = fields.frames[slot]
    if ((failed === null || failed === 'length') && frames >= edges[0]) {
      lengths[Math.min(edges.length - 1, Math.floor((frames - edges[0]) / width))]++
      most = Math.max(most, frames)
    }
  }
  await countBeside(columns, tests, count, pieces)
  return {
    ...facets,
    datasets: [...datasets].map(([id, videos]) => ({ id, count: videos })),
    classes: named(classes.all, byClass),
    splits: splitNames
      .map((name, i) => ({ name, count: bySplit[i] }))
      .filter((split) => split.count > 0),
    tags: countTags(tagSets.all, bySet, tagNames),
    masks: countMasks(byMasks),
    lengths: { edges: [...edges], counts: lengths, most },
  }
}

function named(names: readonly string[], counts: Int32Array): LibraryFacets['classes'] {
  return names
    .map((name, i) => ({ name, count: counts[i] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function countTags(
  sets: readonly string[],
  counts: Int32Array,
  names: TagNames,
): LibraryFacets['tags'] {
  const byTag = new Map<number, number>()
  sets.forEach((set, i) => {
    for (const id of tagIds(set)) byTag.set(id, (byTag.get(id) ?? 0) + counts[i])
  })
  return [...names]
    .map(([id, name]) => ({ name, count: byTag.get(id) ?? 0 }))
    .filter(({ count }) => count > 0)
}

function countMasks(counts: Int32Array): LibraryFacets['masks'] {
  return maskNames
    .map((name) => ({
      name,
      count: counts.reduce(
        (sum, videos, bits) => sum + (masksOf(bits).includes(name) ? videos : 0),
        0,
      ),
    }))
    .filter(({ count }) => count > 0)
}

/**
 * Where bins of equal, round width begin that hold nearly all of `values`, NaN aside; empty for no
 * values. Values are whole numbers.
 */
export function histogramEdges(values: Float64Array): Histogram['edges'] {
  const known = values.filter((value) => value >= 0).sort()
  if (known.length === 0) return []
  const low = known[0]
  const high = known[Math.floor((known.length - 1) * SHOWN)]
  const width = roundWidth((high - low + 1) / BINS)
  const first = Math.floor(low / width) * width
  const bins = Math.floor((high - first) / width) + 1
  return Array.from({ length: bins }, (_, i) => first + i * width)
}

/** The least of 1, 2, 5, 10, 20, ... that is not below `least`. */
function roundWidth(least: number): number {
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) if (digit * power >= least) return digit * power
  }
}
