import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { FramePicker, type FramePickerOptions } from '#main/video/frame-picker.ts'
import { readFramePlan } from '#main/video/frame-plan.ts'
import { VideoReader } from '#main/video/reader.ts'
import { writeVideo } from '#main/video/writer.ts'
import { counts, fixture, scramble, temporaryFolder } from './fixtures.ts'
import { movingSquare } from './synthetic.ts'

const folder = temporaryFolder()
const longGroup = join(folder, 'long-group.mp4')

beforeAll(async () => {
  const options = { width: 96, height: 64, fps: 25, codec: 'h264', keyframeInterval: 250 } as const
  await writeVideo(longGroup, options, movingSquare(96, 64, 60))
})

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Of each frame, by decoding from the start. */
function decodedFromStart(path: string): string[] {
  const reader = VideoReader.open(path)
  const { data, frames } = reader.readAll()
  reader.close()
  const bytes = data.length / frames
  return Array.from({ length: frames }, (_, i) => digest(data.subarray(i * bytes, (i + 1) * bytes)))
}

/** Of each frame, by number. */
function picked(
  path: string,
  indices: readonly number[],
  options: FramePickerOptions = { patience: 0 },
): Map<number, string> {
  const picker = new FramePicker(path, options)
  try {
    return pickedFrom(picker, indices)
  } finally {
    picker.close()
  }
}

function pickedFrom(picker: FramePicker, indices: readonly number[]): Map<number, string> {
  const found = new Map<number, string>()
  picker.pick(indices, (index, { data, rowBytes, width, height }) => {
    const packed = new Uint8Array(height * width * 3)
    for (let y = 0; y < height; y++) {
      packed.set(data.subarray(y * rowBytes, y * rowBytes + width * 3), y * width * 3)
    }
    found.set(index, digest(packed))
  })
  return found
}

/** Frames of two clips at random places, as training draws them. */
function twoClips(rng: Rng, length: number): number[] {
  return [0, 1].flatMap(() => {
    const start = rng.int(length)
    return Array.from({ length: 8 }, (_, i) => (start + 2 * i) % length)
  })
}

function expectSame(path: string, options?: () => FramePickerOptions): void {
  const all = decodedFromStart(path)
  const rng = new Rng(1)
  for (let round = 0; round < 6; round++) {
    const wanted = twoClips(rng, all.length)
    const found = picked(path, wanted, options?.())
    expect([...found.keys()]).toEqual([...new Set(wanted)].sort((a, b) => a - b))
    for (const [index, hash] of found) expect(hash, `frame ${index}`).toBe(all[index])
  }
}

describe('FramePicker', () => {
  const whole = readdirSync(fixture('.'))
    .filter((name) => /\.(avi|mp4)$/.test(name))
    // Sound with a cover picture has no frames.
    .filter((name) => name !== 'audio_with_cover.mp4')
  const small = Object.keys(counts).map((name) => join('counts', name))

  it.each([...whole.filter((name) => name !== 'audio-only.avi'), ...small])(
    'gives the frames of %s as decoding from the start does',
    (name) => expectSame(fixture(name)),
  )

  it('passes over pictures on which no other is built, in one long group of pictures', () => {
    const plan = readFramePlan(longGroup)!
    expect(plan.keyframes).toHaveLength(1)
    const spare = Array.from({ length: plan.length }, (_, index) => plan.isSpare(index))
    expect(spare.filter(Boolean).length).toBeGreaterThan(15)
    expectSame(longGroup, () => ({ plan }))
  })

  it('decodes from the start where the plan is that of another video', () => {
    const plan = readFramePlan(fixture('open-gop.mp4'))
    expectSame(longGroup, () => ({ plan }))
  })

  it('gives what decoding from the start gives of a damaged file', () => {
    const bytes = readFileSync(fixture('open-gop.mp4'))
    const path = join(folder, 'damaged.mp4')
    for (const from of [9000, 16000, 22000]) {
      writeFileSync(path, scramble(bytes, from, 60))
      expectSame(path)
    }
  })

  it('reads the plan once, tells it, and does without for frames near the start', () => {
    const told: unknown[] = []
    const options = { onPlan: (plan: unknown) => void told.push(plan) }
    picked(longGroup, [3, 5], options)
    expect(told).toHaveLength(0)
    const picker = new FramePicker(longGroup, { ...options, patience: 0 })
    picker.pick([50], () => undefined)
    picker.pick([2, 40], () => undefined)
    picker.close()
    expect(told).toHaveLength(1)
  })

  it.each(['packed-b-frames.avi', 'open-gop.mp4', 'moving-camera.avi'])(
    'picks from %s again and again, earlier frames, later ones and the same',
    (name) => {
      const all = decodedFromStart(fixture(name))
      const last = all.length - 1
      for (const patience of [0, 1e9]) {
        const picker = new FramePicker(fixture(name), { patience })
        for (const wanted of [[last], [3, 5], [4], [6, 9], [9], [last >> 1, last], [0], [1, 2]]) {
          expect(pickedFrom(picker, wanted)).toEqual(new Map(wanted.map((i) => [i, all[i]])))
        }
        picker.close()
      }
    },
  )

  it.each([-1, 1.5, NaN])('refuses frame %s', (index) => {
    expect(() => picked(longGroup, [index])).toThrow('frames are counted from 0')
  })

  it('states how many frames there are when asked for one too many', () => {
    const wanted = 'Expected frame 90, the video has 60 frames'
    expect(() => picked(longGroup, [3, 90])).toThrow(wanted)
    expect(() => picked(longGroup, [3, 90], {})).toThrow(wanted)
  })
})
