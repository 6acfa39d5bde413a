import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { drawView, isMerged } from '#main/trainer/loader/draw-view.ts'

const config = completeConfig({ frames: 4, stride: 2, size: 24, merge: 'query' })
const video = { length: 40, width: 64, height: 48 }

it('draws a view from its seed alone, inside the video and its frames', () => {
  for (let seed = 0; seed < 200; seed++) {
    const view = drawView(config, 0, seed, video)
    expect(drawView(config, 0, seed, video)).toEqual(view)
    const [start] = view.indices
    expect(view.indices).toEqual([start, start + 2, start + 4, start + 6])
    expect(start + 6).toBeLessThan(video.length)
    const { top, left, width, height } = view.box
    expect(Math.min(top, left)).toBeGreaterThanOrEqual(0)
    expect(left + width).toBeLessThanOrEqual(video.width)
    expect(top + height).toBeLessThanOrEqual(video.height)
  }
})

it('draws the same place for every view of a seed, and another for another seed', () => {
  const [a, b] = [0, 1].map((view) => drawView(config, view, 7, video))
  expect({ ...b, isMerged: true }).toEqual(a)
  expect(drawView(config, 0, 8, video)).not.toEqual(a)
})

it('plays a video over again that is shorter than a clip', () => {
  expect(drawView(config, 0, 3, { ...video, length: 3 }).indices.every((i) => i < 3)).toBe(true)
})

it.each([
  ['none', [false, false, false]],
  ['query', [true, false, false]],
  ['both', [true, true, true]],
] as const)('merges the views that %s names', (merge, merged) => {
  expect([0, 1, 2].map((view) => isMerged({ merge }, view))).toEqual(merged)
})
