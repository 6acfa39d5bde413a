import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readCentreClips } from '#main/trainer/loader/centre-clips.ts'
import { imagenetScaling, kineticsScaling } from '#shared/encoders/scaling.ts'
import { resizeAndCropCentre } from '#shared/fame/resample.ts'
import { VideoReader } from '#main/video/reader.ts'
import { tinyConfig } from '../tiny-videos.ts'

const usual = { crops: 1, testClips: 'fitted', colours: 'encoder' } as const
const path = fileURLToPath(new URL('../../../fixtures/videos/open-gop.mp4', import.meta.url))

it('clips that overlap hold the frames they name, cut and normalised', () => {
  const config = tinyConfig({ frames: 4, stride: 3, size: 16 })
  const clips = readCentreClips({ ...usual, path, frames: 14, clips: 3, config })
  const reader = VideoReader.open(path)
  const { data, width, height } = reader.readAll({ maxFrames: 14 })
  reader.close()
  const values = 16 * 16 * 3
  expect(clips).toHaveLength(3 * 4 * values)
  const named = [0, 3, 6, 9, 2, 5, 8, 11, 4, 7, 10, 13]
  named.forEach((index, place) => {
    const bytes = data.slice(index * width * height * 3, (index + 1) * width * height * 3)
    const expected = new Float32Array(values)
    resizeAndCropCentre({ data: bytes, frames: 1, height, width }, 16, expected)
    const found = clips.subarray(place * values, (place + 1) * values)
    found.forEach((value, i) => {
      const normalised =
        (expected[i] - kineticsScaling.mean[i % 3]) / kineticsScaling.deviation[i % 3]
      if (Math.abs(value - normalised) > 1e-5) expect(value).toBeCloseTo(normalised, 5)
    })
  })
})

it.each([
  ['s3d_narrow', imagenetScaling],
  ['r3d_50_narrow', { mean: [0, 0, 0], deviation: [1, 1, 1] }],
] as const)('scales colours as %s wants them', (model, { mean, deviation }) => {
  const task = { ...usual, path, frames: 14, clips: 1 }
  const config = tinyConfig({ frames: 6, size: 24 })
  const usually = readCentreClips({ ...task, config })
  const clips = readCentreClips({ ...task, config: { ...config, model } })
  clips.forEach((value, i) => {
    const c = i % 3
    const colour = usually[i] * kineticsScaling.deviation[c] + kineticsScaling.mean[c]
    expect(Math.abs(value - (colour - mean[c]) / deviation[c])).toBeLessThan(1e-5)
  })
})

it('cuts three crops of a clip along the longer side, the middle one as it is alone', () => {
  const config = tinyConfig({ frames: 2, stride: 3, size: 16 })
  const task = { ...usual, path, frames: 14, clips: 2, config }
  const one = readCentreClips(task)
  const three = readCentreClips({ ...task, crops: 3 })
  const clip = 2 * 16 * 16 * 3
  expect(three).toHaveLength(3 * one.length)
  const crop = (k: number, n: number) => three.subarray((3 * k + n) * clip, (3 * k + n + 1) * clip)
  for (const k of [0, 1]) {
    expect(crop(k, 1)).toEqual(one.subarray(k * clip, (k + 1) * clip))
    expect(crop(k, 0)).not.toEqual(crop(k, 1))
    expect(crop(k, 2)).not.toEqual(crop(k, 1))
  }
})

/** Frames of the video as they are, [n, H, W, 3]. */
function readFrames(count: number) {
  const reader = VideoReader.open(path)
  try {
    return reader.readAll({ maxFrames: count })
  } finally {
    reader.close()
  }
}

it("cuts the reference's clips: the centre of frames as they are, starts rounded down", () => {
  const config = tinyConfig({ frames: 2, stride: 3, size: 16 })
  const task = { ...usual, testClips: 'reference', path, frames: 14, clips: 4, config } as const
  const clips = readCentreClips({ ...task, colours: 'imagenet' })
  const { data, width, height } = readFrames(14)
  // Two frames at stride 3 take 6 frames there: starts lie from 0 to 8.
  const named = [0, 2, 5, 8].flatMap((start) => [start, start + 3])
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ]
  const [top, left] = [(height - 16) / 2, (width - 16) / 2]
  expect([top, left].every(Number.isInteger)).toBe(true)
  const expected = named.flatMap((frame) =>
    Array.from({ length: 16 * 16 * 3 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / 48), Math.floor(i / 3) % 16, i % 3]
      const byte = data[((frame * height + top + y) * width + left + x) * 3 + c]
      return (byte / 255 - mean[c]) / std[c]
    }),
  )
  expect(clips).toHaveLength(expected.length)
  const worst = clips.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0)
  expect(worst).toBeLessThan(1e-5)
})

it('leaves out what the reference leaves out, and says how to test it', () => {
  const config = tinyConfig({ frames: 4, stride: 4, size: 16 })
  const task = { ...usual, testClips: 'reference', path, clips: 4, config } as const
  expect(() => readCentreClips({ ...task, frames: 14 })).toThrow(
    'does not test videos with fewer than 16',
  )
  const { width, height } = readFrames(1)
  const size = Math.min(width, height) + 2
  const large = { ...config, frames: 2, size }
  expect(() => readCentreClips({ ...task, frames: 14, config: large })).toThrow(
    `smaller than the crop of ${size} x ${size}`,
  )
})
