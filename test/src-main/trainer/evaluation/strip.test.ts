import sharp from 'sharp'
import { expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { stripPng } from '#main/trainer/evaluation/strip.ts'

it.each([1, 3] as const)(
  'another library reads the frames side by side, %i channels',
  async (channels) => {
    const [frames, tall, wide] = [3, 5, 7]
    const rng = new Rng(channels)
    const data = Uint8Array.from({ length: frames * tall * wide * channels }, () => rng.int(256))
    const picture = sharp(stripPng({ data, frames, height: tall, width: wide, channels }))
    const { width, height } = await picture.metadata()
    expect([width, height]).toEqual([frames * wide, tall])
    for (let t = 0; t < frames; t++) {
      const area = { left: t * wide, top: 0, width: wide, height: tall }
      const colours = channels === 1 ? 'b-w' : 'srgb'
      const frame = await picture.clone().extract(area).toColourspace(colours).raw().toBuffer()
      const length = tall * wide * channels
      expect([...frame]).toEqual([...data.subarray(t * length, (t + 1) * length)])
    }
  },
)
