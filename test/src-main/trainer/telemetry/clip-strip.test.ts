import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { clipStripSchema, type StripRow } from '#shared/contract/clip-strip.ts'
import { entryPath } from '#main/base/processes/entry-path.ts'
import {
  clipStripFile,
  readClipStrip,
  readStripPicture,
  type StripPicture,
} from '#main/store/clip-strip-file.ts'
import { drawView, drawViews } from '#main/trainer/loader/draw-view.ts'
import { drawClipStrip } from '#main/trainer/telemetry/clip-strip.ts'
import { imagenetScaling } from '#shared/encoders/scaling.ts'
import type { FromTrainer, PretrainJob } from '#main/trainer/process/messages.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

const DRAWN = { length: 40, width: 320, height: 240 }

let set: TinySet
let folder: string

beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => set.remove())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fame-strip-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Trains in a real trainer process; returns what it says. */
async function train(values: Partial<PretrainConfig>): Promise<FromTrainer[]> {
  const config = tinyConfig({ grayscale: 0, jitter: 0, blur: 0, epochs: 1, ...values })
  const videos = listVideos(set)
  const job: PretrainJob = { kind: 'pretrain', folder, config, videos, resume: false }
  const trainer = fork(entryPath('trainer'), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const messages: FromTrainer[] = []
  trainer.on('message', (message: FromTrainer) => {
    messages.push(message)
    if (message.type === 'ready') trainer.send({ type: 'start', job })
  })
  await Promise.all([once(trainer, 'exit'), once(trainer, 'disconnect')])
  return messages
}

/** Pixels of one picture of a strip, [side, side, 3]. */
function pictureOf(
  { strip, pixels }: StripPicture,
  clip: number,
  row: StripRow,
  column: number,
): number[] {
  const { side, frames, rows } = strip
  const width = frames * side
  const top = (clip * rows.length + rows.indexOf(row)) * side
  const lines = Array.from({ length: side }, (_, y) => {
    const from = ((top + y) * width + column * side) * 3
    return [...pixels.subarray(from, from + side * 3)]
  })
  return lines.flat()
}

describe('what a run shows of its batches', () => {
  it('is the query, its mask, the query over another clip, and the key', async () => {
    const messages = await train({})
    expect(messages).toContainEqual({ type: 'strip', step: 1 })
    const picture = (await readStripPicture(folder))!
    const { strip } = picture
    expect(strip).toEqual(await readClipStrip(folder))
    expect(strip).toMatchObject({
      step: 1,
      side: 24,
      frames: 4,
      rows: ['query', 'mask', 'merged', 'key'],
    })
    const names = strip.clips.map(({ video }) => video)
    expect(new Set(names).size).toBe(4)
    expect(set.videos.map(({ path }) => basename(path))).toEqual(expect.arrayContaining(names))
    strip.clips.forEach(({ background }, clip) => {
      const partner = names.indexOf(background!)
      expect(partner).not.toBe(clip)
      const mask = pictureOf(picture, clip, 'mask', 0)
      const inside = mask.filter((value) => value === 255).length / mask.length
      expect(new Set(mask)).toEqual(new Set([0, 255]))
      expect(inside).toBeCloseTo(0.3, 1)
      for (let column = 0; column < 4; column++) {
        const [query, other] = [clip, partner].map((at) => pictureOf(picture, at, 'query', column))
        const merged = pictureOf(picture, clip, 'merged', column)
        const errors = merged.map((value, i) => value - (mask[i] === 255 ? query : other)[i])
        // One level for the way through normalised floats.
        expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(1)
      }
      expect(pictureOf(picture, clip, 'key', 0)).not.toEqual(pictureOf(picture, clip, 'query', 0))
    })
  })

  it('has neither masks nor merged clips where none are merged', async () => {
    await train({ merge: 'none' })
    const { strip, pixels } = (await readStripPicture(folder))!
    expect(strip.rows).toEqual(['query', 'key'])
    expect(strip.clips.every(({ background }) => background === null)).toBe(true)
    expect(pixels).toHaveLength(4 * 2 * 24 * (4 * 24) * 3)
    expect(new Set(pixels).size).toBeGreaterThan(50)
  })

  it('leaves nothing half written beside it, and is not read when it is cut short', async () => {
    await train({})
    expect(readdirSync(folder).filter((name) => name.includes('strip'))).toEqual(['clips.strip'])
    truncateSync(clipStripFile(folder), 2000)
    expect(await readClipStrip(folder)).toBeNull()
    expect(await readStripPicture(folder)).toBeNull()
    truncateSync(clipStripFile(folder), 2)
    expect(await readClipStrip(folder)).toBeNull()
    rmSync(clipStripFile(folder))
    expect(await readClipStrip(folder)).toBeNull()
  })
})

describe('the facts of a strip', () => {
  const videos = ['a', 'b'].map((name) => ({ path: `/set/${name}.avi`, frames: 40, label: 0 }))
  const length = 4 * 24 * 24 * 3

  it.each([
    ['inter', ['b.avi', 'a.avi']],
    ['static', ['b.avi', 'a.avi']],
    ['intra', ['a.avi', 'b.avi']],
    ['none', [null, null]],
  ])('say what was drawn of each clip, and what is behind it with %s', (background, lenders) => {
    const values = { background, frameMix: 0.3, asymmetric: true, solariseOthers: 1, jitter: 0 }
    const config = { ...tinyConfig(values), batch: 2 }
    const drawn = [0, 1].map((slot) => drawViews(config, [slot, 10 + slot], DRAWN))
    const plan = {
      step: 0,
      epoch: 0,
      videos: Uint32Array.of(0, 1),
      seeds: Uint32Array.of(0, 10, 1, 11),
      partners: [Uint32Array.of(1, 0), Uint32Array.of(1, 0)],
    }
    const clips = new Float32Array(2 * length)
    const batch = {
      ...{
        views: [clips, clips],
        plan,
        videos: plan.videos,
        lenders: new Uint32Array(),
        drawn,
        answers: [],
      },
      cut: { clips, masks: new Uint8Array(2 * 24 * 24) },
      masks: { fame: 2, corrected: 0, approved: 0, redrawn: 0 },
    }
    const { strip } = drawClipStrip({ batch, step: 1, config, videos, root: '/set' })
    expect(strip.clips.map((clip) => clip.background)).toEqual(lenders)
    strip.clips.forEach(({ views }, slot) => {
      const [first, second] = drawn[slot]
      expect(views).toMatchObject([
        { start: first.indices[0], background, mix: first.mix, isSolarised: false },
        { start: second.indices[0], background: null, mix: null, isSolarised: true },
      ])
    })
    expect(clipStripSchema.parse(JSON.parse(JSON.stringify(strip)))).toEqual(strip)
  })
})

describe('a strip of large clips', () => {
  it('is made smaller by whole factors, with every second frame of sixteen', () => {
    const values = { model: 's3d_narrow', size: 224, frames: 16, merge: 'none' }
    const config = { ...tinyConfig(values), batch: 1 }
    const normalised = (value: number, channel: number): number =>
      (value - imagenetScaling.mean[channel]) / imagenetScaling.deviation[channel]
    const query = new Float32Array(16 * 224 * 224 * 3)
    // Each frame t is a chequerboard of t/32 and t/16, so that its mean is 3t/64.
    for (let i = 0, t = 0; t < 16; t++) {
      for (let y = 0; y < 224; y++) {
        for (let x = 0; x < 224; x++) {
          const value = (x + y) % 2 === 0 ? t / 32 : t / 16
          for (let channel = 0; channel < 3; channel++) query[i++] = normalised(value, channel)
        }
      }
    }
    const plan = {
      step: 0,
      epoch: 0,
      videos: Uint32Array.of(0),
      seeds: Uint32Array.of(1, 2),
      partners: [Uint32Array.of(0), Uint32Array.of(0)] as [Uint32Array, Uint32Array],
    }
    const masks = { fame: 0, corrected: 0, approved: 0, redrawn: 0 }
    const drawn = [[0, 1].map((view) => drawView(config, view, 3 + view, DRAWN))]
    const answers = drawn[0].map(() => new Int32Array(0))
    const batch = {
      views: [query, query],
      cut: null,
      plan,
      videos: plan.videos,
      lenders: new Uint32Array(),
      masks,
      drawn,
      answers,
    }
    const videos = [{ path: '/set/a/b.avi', frames: 40, label: 0 }]
    const picture = drawClipStrip({ batch, step: 7, config, videos, root: '/set' })
    expect(picture.strip).toEqual({
      step: 7,
      side: 112,
      frames: 8,
      rows: ['query', 'key'],
      clips: [
        { video: join('a', 'b.avi'), background: null, views: expect.any(Array) as unknown[] },
      ],
    })
    for (let column = 0; column < 8; column++) {
      const grey = Math.round((255 * 3 * 2 * column) / 64)
      const seen = new Set(pictureOf(picture, 0, 'key', column))
      for (const value of seen) expect(Math.abs(value - grey)).toBeLessThanOrEqual(1)
    }
  })
})
