import { afterAll, beforeAll, expect, it } from 'vitest'
import { benchLoader } from '#main/bench/training/loader-bench.ts'
import { benchDecode } from '#main/bench/video/decoding.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../../trainer/tiny-videos.ts'

let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(2)
})
afterAll(() => set.remove())

it('counts whole batches of every amount of work, also of fewer videos than a batch takes', async () => {
  const sets = { tiny: set.videos.map(({ path }) => path) }
  const config = tinyConfig({ loaderThreads: 1 })
  const { rows, batch, threads } = await benchLoader({ config, sets, seconds: 0.05 })
  expect({ batch, threads }).toEqual({ batch: 4, threads: 1 })
  expect(rows.map(({ work }) => work)).toEqual(['crop', 'fame', 'recipe'])
  for (const { videos, clips, clipsPerSecond, clipsPerCoreSecond } of rows) {
    expect(videos).toBe('tiny')
    expect(clips % 8).toBe(0)
    expect(clips).toBeGreaterThan(0)
    expect(clipsPerSecond).toBeGreaterThan(0)
    expect(clipsPerCoreSecond).toBeGreaterThan(0)
  }
})

it('fails where a video cannot be read, since its time would be that of another', async () => {
  const sets = { none: ['/no/such/video.avi'] }
  await expect(benchLoader({ config: tinyConfig(), sets, seconds: 0.05 })).rejects.toThrow(
    'There is no file',
  )
})

it('tells the size, codec and frames of each file with its rates', () => {
  const { rows } = benchDecode([set.videos[0].path])
  expect(rows).toMatchObject([
    { file: 'v_0.avi', width: 48, height: 36, codec: 'mpeg4', frames: 20 },
  ])
  const [{ decoded, converted, random }] = rows
  for (const rate of [decoded, converted, random]) expect(rate).toBeGreaterThan(0)
})
