import type { Frame } from 'node-av/lib'
import { AV_PIX_FMT_RGB24 } from 'node-av/constants'
import { Frame as AvFrame } from 'node-av/lib'
import { afterEach, expect, test } from 'vitest'
import { RecentFrames } from '../../../src-main/video/recent-frames.ts'

const made: Frame[] = []
afterEach(() => {
  for (const frame of made.splice(0)) frame.free()
})

/** 64 x 16 RGB: 3,072 bytes. */
function frame(height = 16): Frame {
  const empty = new AvFrame()
  empty.alloc()
  Object.assign(empty, { width: 64, height, format: AV_PIX_FMT_RGB24 })
  expect(empty.allocBuffer()).toBe(0)
  made.push(empty)
  return empty
}

const owner = {}

test('the frames used longest ago go first', () => {
  const recent = new RecentFrames(3 * 3072)
  for (const index of [1, 2, 3]) recent.add(owner, index, frame())
  expect(recent.get(owner, 1)).not.toBeNull()
  recent.add(owner, 4, frame())
  expect([1, 2, 3, 4].map((index) => recent.get(owner, index) !== null)).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect(recent.nearest(owner, 0)).toBe(1)
})

test('the last frame is kept at any size, alone', () => {
  const recent = new RecentFrames(4000)
  recent.add(owner, 1, frame())
  recent.add(owner, 2, frame(400))
  expect(recent.get(owner, 1)).toBeNull()
  expect(recent.get(owner, 2)?.height).toBe(400)
  recent.add(owner, 3, frame())
  expect(recent.get(owner, 2)).toBeNull()
})

test('frames of another video take the place of all', () => {
  const recent = new RecentFrames(1e6)
  recent.add(owner, 1, frame())
  recent.add({}, 2, frame())
  expect(recent.get(owner, 1)).toBeNull()
  expect(recent.nearest(owner, 1)).toBeNull()
})
