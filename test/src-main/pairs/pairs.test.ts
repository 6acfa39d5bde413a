import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pairsJobs } from '#main/pairs/jobs/pairs-jobs.ts'
import type { DrawnPairs } from '#main/pairs/jobs/pairs-protocol.ts'
import { ClipLoader, type Batch } from '#main/trainer/loader/clip-loader.ts'
import { keepFlowIn } from '#main/trainer/loader/flow-folder.ts'
import { VideoReader } from '#main/video/reader.ts'
import { completeConfig, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { fullMotion, motionOf, paintMotion } from '#shared/flow/colours.ts'
import { METHODS } from '#shared/methods/index.ts'
import { takesFlow } from '#shared/methods/takes-flow.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from '../trainer/tiny-videos.ts'

const SIZE = 24
const FRAMES = 4
const flowCache = mkdtempSync(join(tmpdir(), 'fame-pairs-'))
let set: TinySet
beforeAll(async () => {
  set = await writeTinySet(8)
  keepFlowIn(flowCache)
})
afterAll(() => {
  keepFlowIn(null)
  set.remove()
  rmSync(flowCache, { recursive: true, force: true })
})

/** A batch as training has it, copied before the next one takes its place. */
async function batchOf(config: PretrainConfig, number: number): Promise<Batch> {
  const fail = (message: string): never => {
    throw new Error(message)
  }
  const loader = new ClipLoader(set.videos, config, fail)
  try {
    for await (const batch of loader.batches(number, number + 1)) {
      const cut = batch.cut && { clips: batch.cut.clips.slice(), masks: batch.cut.masks.slice() }
      return { ...batch, views: batch.views.map((view) => view.slice()), cut }
    }
    throw new Error('There was no batch.')
  } finally {
    await loader.close()
  }
}

type Tools = Parameters<(typeof pairsJobs)['pairs']>[1]

function show(
  config: PretrainConfig,
  batch: number,
  slot: number,
  checkWanted: Tools['checkWanted'] = () => Promise.resolve(),
): Promise<DrawnPairs> {
  const list = listVideos(set)
  const job = { path: list.file, list, config, flowCache, batch, slot }
  return Promise.resolve(pairsJobs.pairs(job, { checkWanted } as Tools))
}

/** The values of one row of a view's pictures, frame by frame, [T, S, S, 3]. */
async function rowOf({ facts, pictures }: DrawnPairs, view: number, name: string) {
  const { rows } = facts.views[view]
  const raw = await sharp(pictures[view]).raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = raw.info
  expect([width, height, channels]).toEqual([FRAMES * SIZE, rows.length * SIZE, 3])
  const row = (rows as string[]).indexOf(name)
  const out = new Uint8Array(FRAMES * SIZE * SIZE * 3)
  for (let t = 0, i = 0; t < FRAMES; t++) {
    for (let y = 0; y < SIZE; y++) {
      const from = ((row * SIZE + y) * width + t * SIZE) * 3
      out.set(raw.data.subarray(from, from + SIZE * 3), i)
      i += SIZE * 3
    }
  }
  return out
}

const byte = (value: number): number => Math.min(255, Math.max(0, Math.round(255 * value)))

/** What a slot of a batch holds, without the scaling of the encoder, in bytes. */
function bytesOf(config: PretrainConfig, clips: Float32Array, slot: number): Uint8Array {
  const { mean, deviation } = encoders[config.model].scaling
  const length = FRAMES * SIZE * SIZE * 3
  const clip = clips.subarray(slot * length, (slot + 1) * length)
  return Uint8Array.from(clip, (value, i) => byte(value * deviation[i % 3] + mean[i % 3]))
}

const configOf = (values: Record<string, unknown>): PretrainConfig =>
  tinyConfig({ frames: FRAMES, size: SIZE, batch: 4, loaderThreads: 2, ...values })

describe.each([
  { merge: 'both', background: 'inter' },
  { merge: 'query', background: 'static' },
  { merge: 'query', background: 'intra', frameMix: 0.3 },
  { merge: 'none', consistent: false, frameMix: 0.3 },
  { merge: 'both', background: 'none', asymmetric: true, blurOthers: 1, solariseOthers: 1 },
  { merge: 'none', interval: 'decreasing', accumulate: 2, model: 'r3d_50_narrow' },
])('the clips of a video with %o', (values) => {
  it('are the pixels of the training batch', async () => {
    const config = configOf(values)
    for (const [number, slot] of [
      [0, 0],
      [3, 2],
    ]) {
      const batch = await batchOf(config, number)
      const shown = await show(config, number, slot)
      for (const [view, clips] of batch.views.entries()) {
        expect(await rowOf(shown, view, 'clip')).toEqual(bytesOf(config, clips, slot))
        const { spec, fact } = { spec: batch.drawn[slot][view], fact: shown.facts.views[view] }
        expect(fact).toMatchObject({ box: spec.box, flip: spec.flip, indices: spec.indices })
        expect(fact).toMatchObject({ look: spec.look, mix: spec.mix })
      }
      expect(join(set.folder, shown.facts.video)).toBe(set.videos[batch.videos[slot]].path)
      expect(shown.facts.step).toBe(Math.floor(number / config.accumulate) + 1)
      expect(shown.facts.views.map(({ seed }) => seed)).toEqual([
        ...batch.plan.seeds.subarray(2 * slot, 2 * slot + 2),
      ])
    }
  })
})

describe('what a merged clip is made of', () => {
  it('is its cut, its mask, and the clip of the video that lends the background', async () => {
    const config = configOf({ merge: 'query', background: 'inter' })
    const batch = await batchOf(config, 1)
    const shown = await show(config, 1, 3)
    const length = FRAMES * SIZE * SIZE * 3
    const cutOf = (slot: number): Uint8Array =>
      Uint8Array.from(batch.cut!.clips.subarray(slot * length, (slot + 1) * length), byte)
    const lender = batch.plan.partners[0][3]
    expect(shown.facts.views[0].rows).toEqual(['clip', 'source', 'cut', 'mask', 'background'])
    expect(shown.facts.views[1].rows).toEqual(['clip', 'source'])
    expect(await rowOf(shown, 0, 'cut')).toEqual(cutOf(3))
    expect(await rowOf(shown, 0, 'background')).toEqual(cutOf(lender))
    const mask = batch.cut!.masks.subarray(3 * SIZE * SIZE, 4 * SIZE * SIZE)
    const drawn = await rowOf(shown, 0, 'mask')
    expect(drawn.filter((_, i) => i % 3 === 0).subarray(0, SIZE * SIZE)).toEqual(
      mask.map((value) => 255 * value),
    )
    const path = set.videos[batch.videos[lender]].path
    expect(join(set.folder, shown.facts.views[0].background!.video!)).toBe(path)
  })

  it('is one still frame where the background is one', async () => {
    const config = configOf({ merge: 'query', background: 'static' })
    const shown = await show(config, 0, 1)
    const background = await rowOf(shown, 0, 'background')
    const frame = SIZE * SIZE * 3
    expect(background.subarray(frame, 2 * frame)).toEqual(background.subarray(0, frame))
    expect(shown.facts.views[0].background!.frame).toBeLessThan(FRAMES)
  })
})

describe('flow', () => {
  it('is that of the batch in the colours of the wheel', async () => {
    const method = METHODS.find((name) => takesFlow(completeConfig({ method: name })))!
    for (const values of [{ modality: 'flow', merge: 'none' }, { method }]) {
      const config = configOf(values)
      const batch = await batchOf(config, 0)
      const shown = await show(config, 0, 1)
      const view = batch.views.length - 1
      const numbers = bytesOf(config, batch.views[view], 1)
      const rgba = new Uint8ClampedArray(4)
      const expected = new Uint8Array(numbers.length)
      for (let i = 0; i < numbers.length; i += 3) {
        const [u, v] = [motionOf(numbers[i]), motionOf(numbers[i + 1])]
        // The flow is as large as the video, 48x36.
        paintMotion(u, v, fullMotion({ width: 48, height: 36 }), rgba, 0)
        for (let c = 0; c < 3; c++) expected[i + c] = 255 + ((rgba[c] - 255) * rgba[3]) / 255
      }
      expect(await rowOf(shown, view, 'clip')).toEqual(expected)
      expect(new Set(expected).size).toBeGreaterThan(5)
    }
  })
})

it('shows the whole frames that a clip is cut from', async () => {
  const config = configOf({ merge: 'none' })
  const shown = await show(config, 2, 0)
  const { indices } = shown.facts.views[1]
  expect(shown.facts).toMatchObject({ width: 48, height: 36, frames: 20 })
  const reader = VideoReader.open(join(set.folder, shown.facts.video))
  const { data } = reader.readFrames([...indices])
  reader.close()
  const source = await rowOf(shown, 1, 'source')
  for (let t = 0; t < FRAMES; t++) {
    // The centre of a picture lies between two columns and two rows of the frame.
    const at = (y: number, x: number): number => data[((t * 36 + y) * 48 + x) * 3]
    const near = [at(17, 23), at(17, 24), at(18, 23), at(18, 24), at(18, 25), at(19, 24)]
    const value = source[((t * SIZE + 12) * SIZE + 12) * 3]
    expect(value).toBeGreaterThanOrEqual(Math.min(...near) - 4)
    expect(value).toBeLessThanOrEqual(Math.max(...near) + 4)
  }
})

describe('a job that was cancelled', () => {
  it('ends before the next slot is cut or the next view is drawn', async () => {
    const config = configOf({ merge: 'query', background: 'inter' })
    let asked = 0
    const endAfter = (parts: number) => async (): Promise<void> => {
      await Promise.resolve()
      if (++asked > parts) throw new Error('Nobody waits for it any more.')
    }
    const whole = await show(config, 1, 3, endAfter(Infinity))
    // The slot and the one that lends its background, their frames, and two views.
    const parts = asked
    expect(parts).toBe(2 + 1 + whole.pictures.length)
    for (let last = 0; last < parts; last++) {
      asked = 0
      await expect(show(config, 1, 3, endAfter(last))).rejects.toThrow('Nobody waits')
      expect(asked).toBe(last + 1)
    }
  })
})
