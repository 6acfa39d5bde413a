import { describe, expect, it } from 'vitest'
import {
  placeOf,
  queryOf,
  type LibraryPlace,
} from '../../../../../src-renderer/src/features/library/lib/library-place.ts'

const plain: LibraryPlace = {
  filter: {},
  sort: { by: 'path', descending: false },
  layout: 'grid',
  video: null,
}

describe('the address of a library', () => {
  it('is empty for the plain library', () => {
    expect(queryOf(plain)).toEqual({})
    expect(placeOf({})).toEqual(plain)
  })

  it('keeps everything that is shown', () => {
    const place: LibraryPlace = {
      filter: {
        search: 'ride h',
        datasets: [1, 3],
        classes: ['RideHorse', ''],
        splits: ['test', 'none'],
        tags: ['to check'],
        masks: ['corrected', 'none'],
        length: { min: 10, max: 20 },
        size: { max: 5_000_000 },
        damaged: false,
      },
      sort: { by: 'size', descending: true },
      layout: 'table',
      video: 12,
    }
    const query = queryOf(place) as Record<string, string | string[]>
    expect(placeOf(query)).toEqual({
      ...place,
      filter: { ...place.filter, size: { min: undefined, max: 5_000_000 } },
    })
  })

  it('is read as far as it can be', () => {
    const query = { split: ['test', 'all'], set: 'x', sort: 'colour', length: 'long', video: 'a' }
    expect(placeOf(query)).toEqual({ ...plain, filter: { splits: ['test'] } })
  })
})
