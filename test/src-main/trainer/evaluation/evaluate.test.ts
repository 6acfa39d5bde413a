// @module-tag tensorflow
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import type { Protocol } from '#shared/tasks/index.ts'
import { wilson } from '#shared/metrics/spread.ts'
import { EvaluationContext, type Runner } from '#main/trainer/evaluation/context.ts'
import { evaluate } from '#main/trainer/evaluation/evaluate.ts'
import { fingerprint } from '#main/trainer/evaluation/feature-cache.ts'
import { knn } from '#main/trainer/tasks/knn.ts'
import { linear } from '#main/trainer/tasks/linear.ts'
import { retrieval } from '#main/trainer/tasks/retrieval.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createEncoder } from '#main/trainer/encoders/encoder.ts'
import type { EvaluateJob, TrainerVideo } from '#main/trainer/process/messages.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'
import { Listener } from '../tasks/listener.ts'

const temporaryFolder = temporaryFolders()
const config = tinyConfig({ loaderThreads: 2 })
let whole: TinySet
let set: TinySet
let work: string

beforeAll(async () => {
  // Every host listens to the process, and a process has one in earnest.
  process.setMaxListeners(50)
  whole = await writeTinySet(8)
})
afterAll(() => whole.remove())
beforeEach(() => {
  work = temporaryFolder()
  const folder = join(work, 'videos')
  mkdirSync(folder)
  const videos = whole.videos.map((video, i): TrainerVideo => {
    const path = join(folder, basename(video.path))
    copyFileSync(video.path, path)
    return { ...video, path, id: 10 + i, content: `content ${i}` }
  })
  set = { folder, videos, remove: () => undefined }
})

/** Settings that keep what is trained short. */
const short: Partial<Record<Protocol, Record<string, number>>> = { linear: { epochs: 5 } }

function job(protocol: Protocol, settings: Record<string, unknown> = {}): EvaluateJob {
  return {
    kind: 'evaluate',
    protocol,
    config,
    settings: completeSettings(protocol, { clips: 2, ...short[protocol], ...settings }),
    folder: null,
    outputs: join(work, protocol),
    featureCache: join(work, 'features'),
    classes: ['Right', 'Down'],
    train: listVideos(set, 'train', set.videos.slice(0, 5)),
    test: listVideos(set, 'test', set.videos.slice(5)),
  }
}

function answers(protocol: Protocol): PredictionLine[] {
  const lines = readFileSync(join(work, protocol, 'predictions.jsonl'), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as PredictionLine)
}

// Each starts loader threads, which takes long while others use the machine.
describe('an evaluation', { timeout: 180_000 }, () => {
  it('extracts features once for all protocols on the same encoder', async () => {
    const first = new Listener()
    expect(await evaluate(job('linear'), first)).toEqual({ type: 'done' })
    for (const { path } of set.videos) rmSync(path)
    for (const protocol of ['linear', 'knn', 'retrieval'] as const) {
      const listener = new Listener()
      expect(await evaluate(job(protocol), listener)).toEqual({ type: 'done' })
      expect(listener.messages.filter(({ type }) => type === 'warning')).toEqual([])
      const { result } = listener.first('result')
      expect(result).toMatchObject({ trainVideos: 5, testVideos: 3 })
      if (protocol === 'linear') expect(result.scores).toEqual(first.first('result').result.scores)
    }
    const other = evaluate(job('knn', { clips: 1 }), new Listener())
    await expect(other).rejects.toThrow('No video of the training split can be read')
  })

  it('trains a probe on random crops, with features of training clips to standardise by', async () => {
    const settings = { trainClips: 'augmented', batch: 4, epochs: 2 }
    const listener = new Listener()
    expect(await evaluate(job('linear', settings), listener)).toEqual({ type: 'done' })
    const phases = new Set(
      listener.messages.flatMap((one) => (one.type === 'progress' ? [one.progress.phase] : [])),
    )
    expect([...phases]).toEqual([
      'Features of the training videos',
      'Training the linear probe',
      'Scoring the test videos',
    ])
  })

  it("trains a probe as the reference's schedule says, without a look at training features", async () => {
    const reference = Object.fromEntries(schedulesFor('linear')).reference.values
    const plain = new Listener()
    await evaluate(job('linear', { ...reference, batch: 4, epochs: 3 }), plain)
    expect(plain.first('progress').progress.phase).toBe('Training the linear probe')
    const losses = plain.messages.flatMap((one) => (one.type === 'metrics' ? one.points : []))
    expect(losses).toHaveLength(3)
    expect(losses[0].value).toBeCloseTo(Math.log(2), 5)
    expect(plain.first('result').result).toMatchObject({ trainVideos: 5, testVideos: 3 })
  })

  it("leaves out what is too short for the reference's clips, and says how many", async () => {
    const short = (video: TrainerVideo, i: number) => ({ ...video, frames: i % 3 === 0 ? 4 : 20 })
    const reference = { ...job('knn', { testClips: 'reference' }), outputs: join(work, 'short') }
    const listener = new Listener()
    await evaluate(
      {
        ...reference,
        train: listVideos(set, 'short-train', set.videos.slice(0, 5).map(short)),
        test: listVideos(set, 'short-test', set.videos.slice(5).map(short)),
      },
      listener,
    )
    // Four frames at stride 2 take 8.
    expect(
      listener.messages.flatMap((one) => (one.type === 'warning' ? [one.message] : [])),
    ).toEqual([
      expect.stringContaining('2 of 5 videos have'),
      expect.stringContaining('1 of 3 videos have'),
    ])
    expect(listener.first('result').result).toMatchObject({ trainVideos: 3, testVideos: 2 })
  })

  it('keeps what was extracted before it was stopped', async () => {
    const listener = new Listener(({ type }) => type === 'progress')
    expect(await evaluate(job('retrieval'), listener)).toEqual({ type: 'stopped', step: 0 })
    // The first video was done when its progress was told.
    rmSync(set.videos[0].path)
    const again = new Listener()
    await evaluate(job('retrieval'), again)
    expect(again.first('result').result.trainVideos).toBe(5)
  })

  it('leaves out and names a video that cannot be read', async () => {
    rmSync(set.videos[6].path)
    const listener = new Listener()
    await evaluate(job('linear'), listener)
    expect(listener.first('warning').message).toContain('v_6.avi is left out')
    const { result, detail } = listener.first('result')
    expect(result).toMatchObject({ trainVideos: 5, testVideos: 2 })
    expect(detail?.perClass.reduce((sum, { videos }) => sum + videos, 0)).toBe(2)
    // In random order, so that what is known halfway tells of the whole.
    const videos = answers('linear').map(({ video }) => video)
    expect(videos.toSorted()).toEqual([15, 17])
  })

  it('tells results so far that agree with what is written down', async () => {
    const listener = new Listener()
    await evaluate(job('knn', { k: 3 }), listener)
    const { partial } = listener.first('partial')
    expect(partial).toMatchObject({ done: 1, total: 3 })
    const [{ truth, top, near }] = answers('knn')
    const hit = top[0][0] === truth ? 1 : 0
    expect(partial.scores.top1).toBe(hit)
    expect(partial.intervals.top1).toEqual(wilson(hit, 1))
    expect(partial.confusion).toEqual([truth, top[0][0], 1])
    expect(top.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 4)
    const cosines = near!.map(([, , similarity]) => similarity)
    expect(cosines).toEqual(cosines.toSorted((a, b) => b - a))
    expect(near).toHaveLength(5)
  })
})

describe('a frozen encoder', () => {
  it.each([
    { name: 'linear', run: linear.run },
    { name: 'knn', run: knn.run },
    { name: 'retrieval', run: retrieval.run },
  ] satisfies { name: Protocol; run: Runner['run'] }[])(
    'comes out of $name as it went in',
    async ({ name, run }) => {
      const engine = await loadEngine('float32')
      const encoder = createEncoder(engine, config)
      const before = fingerprint(encoder.stateDict())
      const videos = { train: set.videos.slice(0, 5), test: set.videos.slice(5) }
      const parts = { job: job(name), port: new Listener(), engine, encoder, cache: null, videos }
      expect(await run(new EvaluationContext(parts))).not.toBeNull()
      expect(fingerprint(encoder.stateDict())).toBe(before)
      encoder.dispose()
    },
  )

  it('is told from one whose statistics have moved', async () => {
    const engine = await loadEngine('float32')
    const encoder = createEncoder(engine, config)
    const before = fingerprint(encoder.stateDict())
    const { frames, size } = config
    const data = new Float32Array(2 * frames * size * size * 3).fill(0.5)
    encoder.forwardFeatures({ data, shape: [2, frames, size, size, 3] }, { training: true })
    expect(fingerprint(encoder.stateDict())).not.toBe(before)
    encoder.dispose()
  })
})
