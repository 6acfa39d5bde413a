import { describe, expect, it } from 'vitest'
import { clipIndices } from '#main/video/clip-sampling.ts'
import type { ShownVideo, ShownView } from '#shared/contract/drawn-views.ts'
import {
  boxAt,
  drawnLines,
  frameAt,
  framesInTime,
  intervalWords,
  moved,
  spansOf,
} from '../../../../../src-renderer/src/features/runs/lib/shown-video.ts'

const look = {
  grayscale: false,
  jitter: null,
  isJitterFirst: false,
  blurSigma: null,
  isSolarised: false,
}
const view: ShownView = {
  seed: 1,
  modality: 'rgb',
  indices: [10, 12, 14, 16],
  isRedrawn: false,
  stride: 2,
  order: null,
  turn: 0,
  answer: null,
  box: { top: 9, left: 12, width: 24, height: 18 },
  flip: false,
  look,
  perFrame: null,
  background: null,
  mix: null,
  rows: ['clip', 'source'],
}
const video = { width: 48, height: 36, frames: 20, batches: 3, slots: 4 } as ShownVideo
const lines = (change: Partial<ShownView>): string[] => drawnLines({ ...view, ...change }, video)

describe('the place of a video in a run', () => {
  it('moves from batch to batch, and around both ends', () => {
    expect(moved({ batch: 0, slot: 3 }, 1, video)).toEqual({ batch: 1, slot: 0 })
    expect(moved({ batch: 1, slot: 0 }, -1, video)).toEqual({ batch: 0, slot: 3 })
    expect(moved({ batch: 2, slot: 3 }, 1, video)).toEqual({ batch: 0, slot: 0 })
    expect(moved({ batch: 0, slot: 0 }, -1, video)).toEqual({ batch: 2, slot: 3 })
  })
})

describe('what was drawn for a clip', () => {
  it('is told in words', () => {
    expect(lines({})).toEqual(['Crop of 25 % of the frame, 24 × 18 px', 'Colours unchanged'])
    const jitter = {
      order: ['hue', 'brightness'] as ('hue' | 'brightness')[],
      brightness: 1.254,
      contrast: 1,
      saturation: 1,
      hue: -0.05,
    }
    const changed = { ...look, grayscale: true, jitter, blurSigma: 1.23, isSolarised: true }
    expect(lines({ flip: true, look: changed })).toEqual([
      'Crop of 25 % of the frame, 24 × 18 px, mirrored',
      'Gray, hue − 18°, brightness × 1.25, blur of 1.23 px, solarised',
    ])
  })

  it('names what is behind the clip, and what is mixed in', () => {
    const lender = { video: 'class/b.avi', frame: null }
    expect(lines({ background: { kind: 'inter', ...lender } })).toContain('Foreground on b.avi')
    expect(lines({ background: { kind: 'static', ...lender, frame: 2 } })).toContain(
      'Foreground on frame 3 of a clip of b.avi',
    )
    expect(lines({ background: { kind: 'none', video: null, frame: null } })).toContain(
      'Foreground on black',
    )
    expect(lines({ mix: { frame: 4, lambda: 0.21 } })).toContain(
      'Frame 5 of the clip mixed into all, λ 0.21',
    )
  })

  it('tells how the clip is shown, and what the method asks', () => {
    const changed = { ...look, grayscale: true }
    const cuts = [0, 1, 2, 3].map(() => ({ box: view.box, flip: false }))
    const form = { turn: 3, answer: 2, perFrame: cuts, look: changed }
    expect(lines(form)).toEqual([
      'Answer 2: what the encoder must tell',
      'Turned by 270° anticlockwise',
      'Crop of 25 % of the frame, 24 × 18 px',
      'Colours of each frame by itself',
    ])
    const backwards = { order: [3, 2, 1, 0], indices: [2, 0, 18, 16] }
    expect(lines(backwards)[0]).toBe('Plays backwards')
    expect(lines({ order: [2, 0, 3, 1] })[0]).toBe('Frames in another order')
  })

  it('says nothing of colours that are no part of flow, nor one crop where each frame has its own', () => {
    expect(lines({ modality: 'flow' })).toHaveLength(1)
    const own = { box: { top: 0, left: 0, width: 48, height: 36 }, flip: true }
    const each = { perFrame: [own, own, own, own] }
    expect(lines(each)).toEqual(['Crop, flip and colours of each frame by itself'])
    expect(boxAt({ ...view, ...each }, 1, video)).toMatchObject({ left: '0%', width: '100%' })
    expect(boxAt(view, 1, video)).toEqual({ left: '25%', top: '25%', width: '50%', height: '50%' })
  })
})

describe('where a clip lies in its video', () => {
  it('is one stretch, or several where the video is repeated', () => {
    expect(spansOf([10, 12, 14, 16], 20)).toEqual([{ from: 0.5, to: 0.85 }])
    expect(spansOf([16, 18, 0, 2], 20)).toEqual([
      { from: 0.8, to: 0.95 },
      { from: 0, to: 0.15 },
    ])
  })

  it('is told by its frames and its stride', () => {
    expect(intervalWords(view, 20)).toBe('frames 10 to 16, stride 2')
    expect(intervalWords({ ...view, stride: 1, indices: [3, 4, 5] }, 20)).toBe('frames 3 to 5')
    expect(intervalWords({ ...view, stride: 1, indices: [18, 19, 0] }, 20)).toBe(
      'frames from 18, repeated',
    )
  })

  it('is that of its frames in time where it shows them in another order', () => {
    const backwards = { ...view, order: [3, 2, 1, 0], indices: [16, 14, 12, 10] }
    expect(intervalWords(backwards, 20)).toBe('frames 10 to 16, stride 2')
    expect(framesInTime({ ...backwards, indices: [2, 0, 18, 16] })).toEqual([16, 18, 0, 2])
    const mixed = { ...view, order: [2, 0, 3, 1], indices: [14, 10, 16, 12] }
    expect(framesInTime(mixed)).toEqual([10, 12, 14, 16])
    expect(intervalWords({ ...view, stride: 1.75 }, 20)).toBe('frames 10 to 16, stride 1.75')
  })

  it('is repeated where it goes around a short video and ends beyond its start', () => {
    const words = (start: number, length: number, stride: number): string => {
      const indices = clipIndices(start, length, { frames: 8, stride })
      return intervalWords({ ...view, indices, stride }, length)
    }
    expect(words(0, 6, 2)).toBe('frames from 0, repeated, stride 2')
    expect(words(5, 6, 2)).toBe('frames from 5, repeated, stride 2')
    expect(words(0, 7, 1)).toBe('frames from 0, repeated')
    expect(words(1, 4, 4)).toBe('frames from 1, repeated, stride 4')
    expect(spansOf(clipIndices(0, 6, { frames: 8, stride: 2 }), 6)).toHaveLength(3)
  })
})

it('the frame of a clip follows a counter in both directions', () => {
  expect([-9, -1, 0, 7, 8, 17].map((counter) => frameAt(counter, 8))).toEqual([7, 7, 0, 7, 0, 1])
})
