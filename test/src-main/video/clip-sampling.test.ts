import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clipSpan } from '#shared/fame/clip-window.ts'
import { clipIndices, drawClip, evenlySpacedClips } from '#main/video/clip-sampling.ts'
import { VideoError } from '#main/video/video-error.ts'
import { Rng } from '#shared/random/rng.ts'

const cases = fc.record({
  seed: fc.integer(),
  length: fc.integer({ min: 2, max: 300 }),
  shape: fc.record({
    frames: fc.integer({ min: 2, max: 32 }),
    stride: fc.integer({ min: 1, max: 8 }),
  }),
})

/** Differences between neighbours, modulo the video's length. */
const steps = (indices: number[], length: number): number[] =>
  indices.slice(1).map((index, i) => (index - indices[i] + length * 8) % length)

describe('drawClip', () => {
  it('takes frames of the video, the stride apart, wrapping only when the video is too short', () => {
    fc.assert(
      fc.property(cases, ({ seed, length, shape }) => {
        const indices = drawClip(new Rng(seed), length, shape)
        expect(indices).toHaveLength(shape.frames)
        expect(indices.every((i) => Number.isInteger(i) && i >= 0 && i < length)).toBe(true)
        expect(new Set(steps(indices, length))).toEqual(new Set([shape.stride % length]))
        if (length >= clipSpan(shape)) expect(indices).toEqual(indices.toSorted((a, b) => a - b))
      }),
    )
  })

  it('reaches every start that fits, about equally often', () => {
    const rng = new Rng(1)
    const counts = new Map<number, number>()
    for (let i = 0; i < 6000; i++) {
      const [start] = drawClip(rng, 36, { frames: 16, stride: 2 })
      counts.set(start, (counts.get(start) ?? 0) + 1)
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 29)
  })

  it('starts anywhere in a video that is too short, and loops', () => {
    const rng = new Rng(1)
    const starts = new Set<number>()
    for (let i = 0; i < 200; i++) {
      const indices = drawClip(rng, 5, { frames: 4, stride: 2 })
      starts.add(indices[0])
      expect(steps(indices, 5)).toEqual([2, 2, 2])
    }
    expect(starts.size).toBe(5)
  })

  it('gives the same clip for the same seed', () => {
    const shape = { frames: 8, stride: 2 }
    expect(drawClip(new Rng(7), 250, shape)).toEqual(drawClip(new Rng(7), 250, shape))
  })
})

describe('evenlySpacedClips', () => {
  it('spreads ten clips of 16 frames at stride 2 over 100 frames', () => {
    const clips = evenlySpacedClips(100, 10, { frames: 16, stride: 2 })
    // linspace(0, 69, 10), rounded
    expect(clips.map(([start]) => start)).toEqual([0, 8, 15, 23, 31, 38, 46, 54, 61, 69])
    expect(clips[9]).toEqual([69, 71, 73, 75, 77, 79, 81, 83, 85, 87, 89, 91, 93, 95, 97, 99])
  })

  it('takes a single clip from the middle', () => {
    expect(evenlySpacedClips(100, 1, { frames: 3, stride: 5 })).toEqual([[45, 50, 55]])
  })

  it('loops a short video from its beginning', () => {
    expect(evenlySpacedClips(5, 2, { frames: 4, stride: 2 })).toEqual([
      [0, 2, 4, 1],
      [0, 2, 4, 1],
    ])
  })

  it('starts at the first frame, ends at the last and never steps back', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 20 }), ({ length, shape }, clips) => {
        fc.pre(length >= clipSpan(shape))
        const starts = evenlySpacedClips(length, clips, shape)
        expect(starts).toHaveLength(clips)
        expect(starts[0][0]).toBe(0)
        expect(starts.at(-1)?.at(-1)).toBe(length - 1)
        const firsts = starts.map(([first]) => first)
        const gaps = firsts.slice(1).map((first, i) => first - firsts[i])
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1)
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('a video of one frame', () => {
  const shape = { frames: 2, stride: 1 }
  it('is refused with the fact', () => {
    expect(() => drawClip(new Rng(1), 1, shape)).toThrow(VideoError)
    expect(() => drawClip(new Rng(1), 1, shape)).toThrow(
      'at least 2 frames to show motion, but the video has 1',
    )
    expect(() => evenlySpacedClips(0, 10, shape)).toThrow('but the video has 0')
  })
})

describe('clipIndices', () => {
  it('counts from the start by the stride', () => {
    expect(clipIndices(3, 100, { frames: 4, stride: 3 })).toEqual([3, 6, 9, 12])
  })
})
