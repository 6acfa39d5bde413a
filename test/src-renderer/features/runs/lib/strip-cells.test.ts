import { expect, it } from 'vitest'
import { completeConfig, defaultConfig } from '#shared/config/pretrain-config.ts'
import {
  cardWidth,
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
  const clips = stripClips({ ...strip, rows: [...strip.rows] }, defaultConfig('moco'))
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
  const [{ pictures }] = stripClips(plain, defaultConfig('moco'))
  expect(pictures.map(({ row }) => row)).toEqual(['query', 'key'])
  expect(pictures[0].meaning).toContain('the input of the query encoder')
})

it('places the parts of a background as CSS counts them', () => {
  expect([partAt(0, 5), partAt(1, 5), partAt(4, 5), partAt(0, 1)]).toEqual([
    '0%',
    '25%',
    '100%',
    '0%',
  ])
})

const facts = {
  isMirrored: false,
  grayscale: false,
  isJittered: false,
  blurSigma: null,
  isSolarised: false,
  isPerFrame: false,
  background: null,
  mix: null,
}

it('states where the views start, how far apart they are, and what was drawn for each', () => {
  const first = {
    ...{ ...facts, start: 12, background: 'inter' as const, isMirrored: true },
    mix: { frame: 2, lambda: 0.2134 },
  }
  const second = { ...facts, start: 1058, isSolarised: true, blurSigma: 1.234 }
  const clips = [{ video: 'd/a.avi', background: 'd/b.avi', views: [first, second] }]
  const [shown] = stripClips({ ...strip, rows: [...strip.rows], clips }, defaultConfig('moco'))
  expect(shown).toMatchObject({
    places: 'frames 12 and 1,058, interval 1,046',
    behind: 'on b.avi',
    drawn: [
      { label: 'Query', words: 'mirrored, frame 3 mixed in, λ 0.213' },
      { label: 'Key', words: 'blur 1.23 px, solarised' },
    ],
  })
})

it.each([
  ['intra', 'a.avi', 'on another clip of itself'],
  ['static', 'b.avi', 'on one frame of b.avi'],
  ['none', null, 'on black'],
] as const)('says what is behind a clip with the background %s', (background, lender, words) => {
  const views = [{ ...facts, start: 3, background }]
  const clips = [{ video: 'a.avi', background: lender, views }]
  const [shown] = stripClips({ ...strip, rows: [...strip.rows], clips }, defaultConfig('moco'))
  expect(shown).toMatchObject({ behind: words, places: 'frame 3', drawn: [] })
})

it('shows strips of older versions, which do not say what was drawn', () => {
  const [shown] = stripClips({ ...strip, rows: [...strip.rows] }, defaultConfig('moco'))
  expect(shown).toMatchObject({ behind: 'on b.avi', places: null, drawn: [] })
})

it('does not give the first frame’s draws for all frames where each has its own', () => {
  const views = [{ ...facts, start: 3, isPerFrame: true, isMirrored: true }]
  const clips = [{ video: 'a.avi', background: null, views }]
  const [shown] = stripClips({ ...strip, rows: ['query', 'key'], clips }, defaultConfig('moco'))
  expect(shown.drawn).toEqual([
    { label: 'Query', words: 'crop, flip and colours of each frame by itself' },
  ])
})

it('tells how clips are shown that the method asks about, and names one frame where all start there', () => {
  const views = [0, 1, 2, 3].map((turn) => ({
    ...{ ...facts, start: 3, turn, answer: turn, isReordered: turn === 3 },
    ...{ isColouredByFrame: turn === 2, grayscale: turn === 2 },
  }))
  const clips = [{ video: 'a.avi', background: null, views }]
  const [shown] = stripClips({ ...strip, rows: ['a'], clips }, defaultConfig('rotation'))
  expect(shown.places).toBe('frame 3')
  expect(shown.drawn.map(({ words }) => words)).toEqual([
    'answer 0',
    'answer 1, turned 90°',
    'answer 2, turned 180°, colours of each frame by itself',
    'answer 3, turned 270°, frames in another order',
  ])
})

it('says what is mixed in where frames have colours or crops of their own', () => {
  const mixed = { ...facts, start: 3, mix: { frame: 2, lambda: 0.2 } }
  const views = [
    { ...mixed, isColouredByFrame: true },
    { ...mixed, isPerFrame: true },
  ]
  const clips = [{ video: 'a.avi', background: null, views }]
  const [shown] = stripClips({ ...strip, rows: ['query', 'key'], clips }, defaultConfig('moco'))
  expect(shown.drawn.map(({ words }) => words)).toEqual([
    'colours of each frame by itself, frame 3 mixed in, λ 0.2',
    'crop, flip and colours of each frame by itself, frame 3 mixed in, λ 0.2',
  ])
})

it('says what an answer stands for', () => {
  const asked = completeConfig({ method: 'pace', paces: '1 3 -2' })
  const views = [{ ...facts, start: 3 }]
  const words = [0, 1, 2].map((answer) => {
    const clips = [{ video: 'a.avi', background: null, views: [{ ...views[0]!, answer }] }]
    return stripClips({ ...strip, rows: ['paced'], clips }, asked)[0].drawn[0].words
  })
  expect(words).toEqual([
    'answer 0',
    'answer 1 (3 × the stride)',
    'answer 2 (2 × the stride, backwards)',
  ])
})

it('gives cards of one picture less room than those of more', () => {
  expect([1, 2, 3].map(cardWidth)).toEqual(['186px', '300px', '300px'])
})
