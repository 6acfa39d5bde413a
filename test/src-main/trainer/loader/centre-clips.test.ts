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
