import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readCentreClips } from '#main/trainer/loader/centre-clips.ts'
import { KINETICS_MEAN, KINETICS_STD } from '#main/trainer/loader/transforms/colour.ts'
import { resizeAndCropCentre } from '#main/trainer/loader/transforms/resample.ts'
import { VideoReader } from '#main/video/reader.ts'
import { tinyConfig } from '../tiny-videos.ts'

const path = fileURLToPath(new URL('../../../fixtures/videos/open-gop.mp4', import.meta.url))

it('clips that overlap hold the frames they name, cut and normalised', () => {
  const config = tinyConfig({ frames: 4, stride: 3, size: 16 })
  const clips = readCentreClips({ path, frames: 14, clips: 3, config })
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
      const normalised = (expected[i] - KINETICS_MEAN[i % 3]) / KINETICS_STD[i % 3]
      if (Math.abs(value - normalised) > 1e-5) expect(value).toBeCloseTo(normalised, 5)
    })
  })
})

it('cuts three crops of a clip along the longer side, the middle one as it is alone', () => {
  const config = tinyConfig({ frames: 2, stride: 3, size: 16 })
  const task = { path, frames: 14, clips: 2, config }
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
