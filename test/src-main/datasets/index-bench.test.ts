import { expect, it } from 'vitest'
import { benchIndex } from '#main/bench/index/index-bench.ts'

it('times indexing on videos that can all be read, and on rows that have not changed', async () => {
  const steps: string[] = []
  const bench = await benchIndex({
    videos: 20,
    ffprobeVideos: 0,
    rows: [100],
    processes: 1,
    onStep: (step) => steps.push(step),
  })
  expect(bench).toMatchObject({
    processes: 1,
    cold: { videos: 20, errors: 0 },
    incremental: { videos: 20, errors: 0 },
    ffprobe: null,
    timesFfprobe: null,
    unchanged: [{ videos: 100, errors: 0 }],
  })
  expect(bench.cold.videosPerSecond).toBeCloseTo(20 / bench.cold.seconds)
  expect(steps[0]).toBe('writing 20 videos')
}, 60_000)
