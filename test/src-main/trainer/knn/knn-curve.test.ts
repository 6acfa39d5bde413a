// @module-tag tensorflow
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { KnnCurve } from '#main/trainer/knn/knn-curve.ts'
import { createEncoder, type Encoder } from '#main/trainer/encoders/encoder.ts'
import { drawKnnVideos } from '#main/trainer/knn/knn-videos.ts'
import { readCentreClips } from '#main/trainer/loader/centre-clips.ts'
import type { TrainerVideo } from '#main/trainer/process/messages.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

// Loader threads take long to start on a loaded machine.
vi.setConfig({ testTimeout: 300_000 })

const config = tinyConfig({ knnEvery: 5 })
let set: TinySet
let encoder: Encoder
beforeAll(async () => {
  set = await writeTinySet(16)
  encoder = createEncoder(await loadEngine('float32'), { ...config, seed: 3 })
})
afterAll(() => {
  encoder.dispose()
  set.remove()
})

const curves: KnnCurve[] = []
afterEach(async () => {
  await Promise.all(curves.splice(0).map((curve) => curve.close()))
})

function curveOf(options: { goesOn?: boolean; videos?: TrainerVideo[] } = {}): {
  curve: KnnCurve
  warnings: string[]
} {
  const warnings: string[] = []
  const curve = new KnnCurve({
    config,
    encoder,
    videos: options.videos ?? set.videos,
    root: set.folder,
    total: 12,
    warn: (message) => warnings.push(message),
    goesOn: () => Promise.resolve(options.goesOn ?? true),
  })
  curves.push(curve)
  return { curve, warnings }
}

/** The share by the definition: cosines of single features, votes by class. */
function byHand(): { accuracy: number; videos: number } {
  const { bank, queries } = drawKnnVideos(set.videos, set.folder)!
  const unit = ({ path, frames }: TrainerVideo): number[] => {
    const geometry = { clips: 1, crops: 1, testClips: 'fitted', colours: 'encoder' } as const
    const data = readCentreClips({ path, frames, config, ...geometry })
    const shape = [1, config.frames, config.size, config.size, 3] as const
    const row = [...encoder.forwardFeatures({ data, shape })]
    return row.map((value) => value / Math.hypot(...row))
  }
  const keys = bank.map((video) => ({ label: video.label, row: unit(video) }))
  const right = queries.filter((video) => {
    const row = unit(video)
    const near = keys
      .map((key) => ({ ...key, cosine: key.row.reduce((sum, v, i) => sum + v * row[i], 0) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, 20)
    const votes = [0, 0]
    for (const { label, cosine } of near) votes[label] += Math.exp(cosine / 0.07)
    return votes[video.label] > votes[1 - video.label]
  })
  return { accuracy: right.length / queries.length, videos: queries.length }
}

it('measures the vote of the nearest videos where it is due, and leaves the encoder as it is', async () => {
  const hash = (): string => {
    const sum = createHash('sha256')
    for (const [name, { data }] of encoder.stateDict()) sum.update(name).update(data)
    return sum.digest('hex')
  }
  const before = hash()
  const { curve, warnings } = curveOf()
  expect(await curve.measure(4)).toEqual({})
  const measured = await curve.measure(5)
  expect(hash()).toBe(before)
  const { accuracy, videos } = byHand()
  expect(measured).toMatchObject({ knn: accuracy, knnVideos: videos })
  // The last of twelve steps is due as well.
  expect(await curve.measure(12)).toEqual(measured)
  expect(warnings).toEqual([])
})

it('gives up when asked to', async () => {
  expect(await curveOf({ goesOn: false }).curve.measure(5)).toEqual({})
})

it('leaves out a video that cannot be read, with a warning', async () => {
  const { queries } = drawKnnVideos(set.videos, set.folder)!
  const videos = set.videos.map((video) =>
    video.path === queries[0].path ? { ...video, frames: 1000 } : video,
  )
  const { curve, warnings } = curveOf({ videos })
  expect(await curve.measure(5)).toMatchObject({ knnVideos: queries.length - 1 })
  expect(warnings).toEqual([expect.stringContaining('is left out')])
})

it('says why there is none where videos have no labels', async () => {
  const videos = set.videos.map((video) => ({ ...video, label: -1 }))
  const { curve, warnings } = curveOf({ videos })
  expect(await curve.measure(5)).toEqual({})
  expect(warnings).toEqual([expect.stringContaining('There is no k-NN curve')])
})
