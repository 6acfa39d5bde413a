import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  queueQuerySchema,
  type ClipWindow,
  type DecideEvent,
  type DecideManyRequest,
  type EnergyPiece,
} from '#shared/contract/mask-windows.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { authorName } from '#main/masks/author.ts'
import { MotionEnergy } from '#main/masks/energy.ts'
import { writeVideo } from '#main/video/writer.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { tiny, writeTinySet } from '../hosts/tiny-videos.ts'
import { collect } from '../runs/training-project.ts'
import { growingDisc } from '../video/synthetic.ts'

const root = mkdtempSync(join(tmpdir(), 'fame-masks-'))
const folder = join(root, 'set')
const project = join(root, 'project')
const origin = { beta: 0.4, variant: 'fame', adaptive: false, compensate: false, size: 48 } as const
const PIXELS = tiny.width * tiny.height
/** 40 frames, as its packets prove: it is indexed without being decoded. */
const proven = fileURLToPath(new URL('../../fixtures/videos/counts/mjpeg.avi', import.meta.url))
let workbench: Workbench
/** Whole videos by their numbers, one of them not decoded yet, and the damaged one. */
let ids: number[]
let undecoded: number
let damaged: number

beforeAll(async () => {
  mkdirSync(folder)
  await writeTinySet(folder, 4, 2)
  const gray = { ...tiny, codec: 'ffv1', pixelFormat: 'gray' } as const
  const truth = join(folder, 'UCF-101-masks', 'Bounce', 'v_Bounce_g01_c01.mkv')
  mkdirSync(dirname(truth), { recursive: true })
  await writeVideo(truth, gray, [...growingDisc(tiny.width, tiny.height, 40)])
  cpSync(proven, join(folder, 'UCF-101', 'Bounce', 'v_Bounce_g50_c01.avi'))
  workbench = await openWorkbench({ project, host: 'cli' })
  await collect(workbench.index({ folder, format: 'ucf101' }))
  const { items } = workbench.project.store.videos.query({})
  ids = items.filter(({ error }) => error === null).map(({ id }) => id)
  undecoded = items.find(({ verified, error }) => !verified && error === null)!.id
  damaged = items.find(({ error }) => error !== null)!.id
})

afterAll(async () => {
  await workbench.close()
  rmSync(root, { recursive: true, force: true })
})

const clip = (videoId: number, start = 0): ClipWindow => ({ videoId, start, frames: 8, stride: 2 })

async function decideMany(request: Omit<DecideManyRequest, 'origin'>) {
  const events = await collect<DecideEvent>(workbench.masks.decideMany({ ...request, origin }))
  const done = events.at(-1)
  if (done?.type !== 'done') throw new Error('The decision did not end.')
  return { ...done, steps: events.length - 1 }
}

describe('a decision', () => {
  it("gives an approved clip FAME's mask at the video's size", async () => {
    const window = clip(ids[0], 3)
    const change = { state: 'approved' } as const
    const result = await workbench.masks.decide({ window, change, origin })
    expect(workbench.project.store.maskBatches.newest()).toBeNull()
    expect(result?.window).toMatchObject({
      state: 'approved',
      edited: false,
      author: authorName(),
      origin,
      width: tiny.width,
      height: tiny.height,
    })
    const mask = decodeRuns(result!.mask!, PIXELS)
    expect(mask.reduce((sum, value) => sum + value)).toBe(Math.trunc(0.4 * PIXELS))
    expect(result!.fame).toEqual(result!.mask)
    expect(workbench.masks.undo(window)?.mask).toBeNull()
  })

  it('on many cuts each mask at the beta that its clip or class has', async () => {
    const windows = [clip(ids[4]), clip(ids[5])]
    const { store } = workbench.project
    store.masks.decide([{ window: windows[1] }], { beta: 0.2 }, { author: 'a', label: 'beta' })
    await decideMany({ windows, change: { state: 'approved' } })
    const areas = windows.map((window) => {
      const mask = decodeRuns(store.masks.open(window)!.mask!, PIXELS)
      return mask.reduce((sum, value) => sum + value)
    })
    expect(areas).toEqual([0.4, 0.2].map((beta) => Math.trunc(beta * PIXELS)))
    expect(store.masks.get(windows[1])?.origin?.beta).toBe(0.2)
    await workbench.masks.undoBulk()
  })

  it('on many is undone at once, but where something newer stands', async () => {
    const windows = ids.map((id) => clip(id, 10))
    const { changed, steps } = await decideMany({ windows, change: { state: 'rejected' } })
    expect([changed, steps]).toEqual([7, 1])
    const { store } = workbench.project
    expect(store.maskBatches.newest()).toMatchObject({ label: 'reject', windows: 7 })
    await decideMany({ windows: [windows[2]], change: { notes: 'late' } })
    expect(await workbench.masks.undoBulk()).toEqual({ label: 'reject', undone: 6, kept: 1 })
    expect(windows.map((window) => store.masks.get(window)?.state)).toEqual([
      ...['untouched', 'untouched', 'rejected', 'untouched', 'untouched', 'untouched'],
      'untouched',
    ])
    expect(await workbench.masks.undoBulk()).toBeNull()
  })

  it('tells the clips whose mask cannot be made, and decides on the others', async () => {
    const windows = [clip(ids[1]), clip(damaged), clip(ids[2], 30), clip(999)]
    const done = await decideMany({ windows, change: { state: 'approved' } })
    expect(done).toMatchObject({ changed: 1, failures: 3 })
    expect(done.failed.map(({ window }) => window)).toEqual(windows.slice(1))
    expect(done.failed[1].message).toContain('the video has 40. Choose a start up to 25.')
    expect(done.failed[2].message).toContain('no video 999')
    expect(workbench.project.store.masks.get(windows[1])).toBeNull()
    const rejected = await decideMany({
      windows: [clip(999), clip(damaged)],
      change: { beta: 0.3 },
    })
    expect(rejected).toMatchObject({ changed: 1, failures: 1 })
  })

  it('stops between two pieces when its client has gone', async () => {
    const gone = new AbortController()
    const windows = Array.from({ length: 250 }, (_, i) => clip(ids[3], i))
    const request = { windows, change: { notes: 'x' }, origin }
    for await (const event of workbench.masks.decideMany(request, gone.signal)) {
      expect(event).toMatchObject({ type: 'progress', done: 50 })
      gone.abort()
    }
    expect(workbench.project.store.masks.list(ids[3])).toHaveLength(50)
  })
})

describe('true masks', () => {
  it('are the union over the frames of the clip, where the data set has them', async () => {
    const { items } = workbench.project.store.videos.query({ search: 'v_Bounce_g01' })
    const truth = await workbench.masks.truth(clip(items[0].id, 4))
    const frames = [...growingDisc(tiny.width, tiny.height, 40)]
    expect(decodeRuns(truth!.runs, PIXELS)).toEqual(frames[18].map((value) => value / 255))
    const other = ids.find((id) => id !== items[0].id)!
    expect(await workbench.masks.truth(clip(other))).toBeNull()
  })
})

describe('motion energy', () => {
  it('comes in pieces, is kept for the next time, and verifies the video', async () => {
    const { videos } = workbench.project.store
    expect(videos.get(undecoded).verified).toBe(false)
    const pieces = await collect<EnergyPiece>(workbench.masks.energy(undecoded))
    const values = pieces.flatMap((piece) => piece.values)
    expect([pieces[0].from, values.length, pieces[0].frames]).toEqual([0, 40, 40])
    expect(videos.get(undecoded)).toMatchObject({ verified: true, frames: 40 })
    const [kept, ...rest] = await collect<EnergyPiece>(workbench.masks.energy(undecoded))
    expect(rest).toEqual([])
    expect(kept.values).toEqual([...Float32Array.from(values)])
  })

  it('is shown though a full disk refuses the mark that the video was decoded', async () => {
    const { videos } = workbench.project.store
    const refuse = (): never => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
    }
    const refusing = Object.create(videos, { verify: { value: refuse } }) as typeof videos
    const energy = new MotionEnergy(join(root, 'energy'), refusing)
    const file = join(folder, videos.get(undecoded).path)
    const pieces = await collect<EnergyPiece>(energy.of(undecoded, file))
    expect(pieces.flatMap(({ values }) => values)).toHaveLength(40)
    energy.close()
  })

  it('tells why a video has none', async () => {
    await expect(collect(workbench.masks.energy(damaged))).rejects.toThrow('not a video')
  })

  it('is not decoded further for one who has gone', async () => {
    const gone = new AbortController()
    gone.abort()
    await expect(collect(workbench.masks.energy(ids[1], gone.signal))).rejects.toThrow('cancelled')
  })
})

describe('a survey', () => {
  const page = () =>
    workbench.masks.queue(queueQuerySchema.parse({ order: 'path', limit: 500 })).items
  const scoredStarts = () => page().flatMap(({ start, score }) => (score ? [start] : []))

  it('scores the middle of each readable video, once, and goes on where it was left', async () => {
    const request = { frames: 8, stride: 2, size: 48 }
    for await (const event of workbench.masks.survey(request)) {
      expect(event).toMatchObject({ type: 'progress', done: 0, total: 7 })
      break
    }
    const before = scoredStarts().length
    const events = await collect(workbench.masks.survey(request))
    expect(events.at(-1)).toMatchObject({ type: 'done', total: 7 - before, errors: 0 })
    expect(scoredStarts()).toEqual(ids.map(() => 12))
    const again = await collect(workbench.masks.survey(request))
    expect(again.at(-1)).toMatchObject({ type: 'done', total: 0 })
    const anew = await collect(workbench.masks.survey({ ...request, class: 'Spin', again: true }))
    expect(anew.at(-1)).toMatchObject({ type: 'done', total: 3 })
  })

  it('counts videos that are too short for the window', async () => {
    const events = await collect(workbench.masks.survey({ frames: 32, stride: 2 }))
    expect(events.at(-1)).toMatchObject({ type: 'done', total: 7, errors: 7 })
  })

  it('is refused beside another', async () => {
    const first = workbench.masks.survey({ frames: 4, again: true })
    await first.next()
    await expect(collect(workbench.masks.survey({}))).rejects.toThrow('are being scored')
    await first.return()
  })
})

describe('a video that moves', () => {
  it('keeps its masks, its place in the queue and its history', async () => {
    const { store } = workbench.project
    const { id, path } = store.videos.query({ search: 'v_Spin_g02' }).items[0]
    const window = clip(id, 1)
    const change = { state: 'approved' } as const
    const result = await workbench.masks.decide({ window, change, origin })
    const moved = path.replace('g02', 'g77')
    renameSync(join(folder, path), join(folder, moved))
    await collect(workbench.index({ folder, format: 'ucf101' }))
    expect(store.videos.get(id).path).toBe(moved)
    expect(store.masks.open(window)).toEqual(result)
    const query = queueQuerySchema.parse({ states: ['approved'] })
    const item = workbench.masks.queue(query).items.find(({ videoId }) => videoId === id)
    expect(item?.path).toBe(moved)
    expect(workbench.masks.undo(window)?.label).toBe('approve')
  })
})

describe('closing the project', () => {
  it('ends long work, which goes on when the project is opened again', async () => {
    const request = { frames: 8, stride: 2, size: 64, again: true }
    const running = workbench.masks.survey(request)
    await running.next()
    const windows = Array.from({ length: 120 }, (_, i) => clip(ids[4], i))
    const decided = workbench.masks.decideMany({ windows, change: { beta: 0.2 }, origin })
    await decided.next()
    await workbench.close()
    expect((await collect(decided)).map(({ type }) => type)).toEqual([])
    expect((await collect(running)).map(({ type }) => type)).not.toContain('done')
    workbench = await openWorkbench({ project, host: 'cli' })
    expect(workbench.project.store.masks.list(ids[4])).toHaveLength(50)
    const again = await collect(workbench.masks.survey(request))
    expect(again.at(-1)).toMatchObject({ type: 'done', total: 7, errors: 0 })
  })
})
