import sharp from 'sharp'
import { expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { stripPng } from '#main/trainer/evaluation/strip.ts'

it.each([1, 3] as const)(
  'another library reads the frames side by side, %i channels',
  async (channels) => {
    const [frames, size] = [3, 5]
    const rng = new Rng(channels)
    const data = Uint8Array.from({ length: frames * size * size * channels }, () => rng.int(256))
    const picture = sharp(stripPng({ data, frames, size, channels }))
    const { width, height } = await picture.metadata()
    expect([width, height]).toEqual([frames * size, size])
    for (let t = 0; t < frames; t++) {
      const area = { left: t * size, top: 0, width: size, height: size }
      const colours = channels === 1 ? 'b-w' : 'srgb'
      const frame = await picture.clone().extract(area).toColourspace(colours).raw().toBuffer()
      const length = size * size * channels
      expect([...frame]).toEqual([...data.subarray(t * length, (t + 1) * length)])
    }
  },
)
