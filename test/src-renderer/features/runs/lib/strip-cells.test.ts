import { expect, it } from 'vitest'
import {
  partAt,
  stripClips,
} from '../../../../../src-renderer/src/features/runs/lib/strip-cells.ts'

const strip = {
  step: 1,
  side: 8,
  frames: 4,
  rows: ['query', 'mask', 'merged', 'key'] as const,
  clips: [
    { video: 'a.avi', background: 'b.avi' },
    { video: 'b.avi', background: 'a.avi' },
  ],
}

it('numbers the rows of a raster clip by clip', () => {
  const clips = stripClips({ ...strip, rows: [...strip.rows] }, 'moco')
  expect(clips.map(({ pictures }) => pictures.map(({ row, at }) => [row, at]))).toEqual([
    [
      ['query', 0],
      ['mask', 1],
      ['merged', 2],
      ['key', 3],
    ],
    [
      ['query', 4],
      ['mask', 5],
      ['merged', 6],
      ['key', 7],
    ],
  ])
})

it('does not speak of merging where nothing is merged', () => {
  const plain = { ...strip, rows: ['query', 'key'], clips: [{ video: 'a.avi', background: null }] }
  const [{ pictures }] = stripClips(plain, 'moco')
  expect(pictures.map(({ row }) => row)).toEqual(['query', 'key'])
  expect(pictures[0].meaning).toContain('what the encoder takes')
})

it('places the parts of a background as CSS counts them', () => {
  expect([partAt(0, 5), partAt(1, 5), partAt(4, 5), partAt(0, 1)]).toEqual([
    '0%',
    '25%',
    '100%',
    '0%',
  ])
})
