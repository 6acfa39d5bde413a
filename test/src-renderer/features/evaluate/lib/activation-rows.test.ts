import { expect, it } from 'vitest'
import type { ActivationArtefact } from '#shared/tasks/activation/artefact.ts'
import {
  activationEncoders,
  activationRows,
  orderRows,
} from '../../../../../src-renderer/src/features/evaluate/lib/activation-rows.ts'
import { maskSentence } from '../../../../../src-renderer/src/features/evaluate/lib/mask-sentence.ts'
import {
  heatPixels,
  outlinePixels,
} from '../../../../../src-renderer/src/features/evaluate/lib/strip-layers.ts'

function encoder(id: number, insides: Record<number, number>) {
  const videos = Object.entries(insides).map(([videoId, inside]) => ({
    videoId: Number(videoId),
    path: `${videoId}.avi`,
    label: 0,
    mask: 'true' as const,
    inside,
    area: 0.2,
    peakInside: true,
    pictures: { frames: 2, size: 4, clip: 'c.png', heat: 'h.png', mask: 'm.png' },
  }))
  const artefact: ActivationArtefact = {
    kind: 'activation',
    classes: ['a'],
    mapShape: [1, 2, 2],
    masks: { true: 3, corrected: 0, approved: 0, fame: 0 },
    fame: { variant: 'fame', beta: 0.5 },
    inside: { mean: 0, deviation: 0 },
    area: { mean: 0.2 },
    videos,
  }
  return { key: String(id), id, name: `run ${id}`, colour: '#111', artefact }
}

it('puts the maps of two streams of one evaluation side by side', () => {
  const { artefact } = encoder(4, { 5: 0.3, 6: 0.1 })
  const { mapShape, inside, area } = artefact
  const flow = { modality: 'flow' as const, mapShape, inside, area, videos: artefact.videos }
  const both: ActivationArtefact = { ...artefact, modality: 'rgb', others: [flow] }
  const shown = activationEncoders({ id: 4, name: 'mine' }, both)
  expect(shown.map(({ key, id, name }) => [key, id, name])).toEqual([
    ['4 rgb', 4, 'mine: colours'],
    ['4 flow', 4, 'mine: flow'],
  ])
  expect(activationRows(shown.map((one) => ({ ...one, colour: '' })))[0].seen).toHaveLength(2)
  const [alone] = activationEncoders({ id: 4, name: 'mine' }, artefact)
  expect([alone.key, alone.name]).toEqual(['4', 'mine'])
})

it('puts what two encoders saw of one video together, and orders by the first', () => {
  const rows = activationRows([encoder(1, { 5: 0.3, 6: 0.1, 7: 0.6 }), encoder(2, { 7: 0.4 })])
  expect(rows.map(({ seen }) => seen.map((video) => video?.inside ?? null))).toEqual([
    [0.3, null],
    [0.1, null],
    [0.6, 0.4],
  ])
  const ids = (order: 'inside' | 'outside') => orderRows(rows, order).map((row) => row.videoId)
  expect(ids('inside')).toEqual([7, 5, 6])
  expect(ids('outside')).toEqual([6, 5, 7])
})

it('says whose foreground was taken', () => {
  const none = { true: 0, corrected: 0, approved: 0, fame: 0 }
  const fame = { variant: 'fame', beta: 0.5, streams: ['rgb'] }
  expect(maskSentence({ ...none, true: 4 }, fame)).toBe('The foreground comes from true masks.')
  const mixed = maskSentence({ ...none, corrected: 1, fame: 2000 }, fame)
  expect(mixed).toContain('corrected masks for 1 clip,')
  expect(mixed).toContain('β 0.5 unless set otherwise) for 2,000 clips')
})

it('makes the cold transparent', () => {
  const grey = Uint8ClampedArray.of(0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255)
  const painted = heatPixels(grey)
  expect([painted[3], painted[7], painted[11]]).toEqual([0, 128, 255])
  expect([...painted.subarray(8, 11)]).toEqual([252, 255, 164])
})

it('outlines the foreground of each frame, not across frames', () => {
  // Two frames of 3 x 3, white but for a corner of the second.
  const width = 6
  const white = Array.from({ length: 18 }, (_, i) => (i === 5 ? 0 : 255))
  const grey = Uint8ClampedArray.from(white.flatMap((value) => [value, value, value, 255]))
  const lines = outlinePixels(grey, width, 3)
  const drawn = Array.from({ length: 18 }, (_, i) => i).filter((i) => lines[4 * i + 3] === 255)
  expect(drawn).toEqual([4, 11])
})
