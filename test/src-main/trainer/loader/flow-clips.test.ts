import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { storedConfig } from '#shared/config/old-settings.ts'
import { flowPicture, STILL } from '#shared/flow/bytes.ts'
import { viewFault } from '#shared/views/fault.ts'
import { computePiece, readPiece } from '#main/flow/flow-piece.ts'
import { ClipLoader, type Batch } from '#main/trainer/loader/clip-loader.ts'
import { readCentreClips } from '#main/trainer/loader/centre-clips.ts'
import { keepFlowIn } from '#main/trainer/loader/flow-folder.ts'
import { drawClipStrip } from '#main/trainer/telemetry/clip-strip.ts'
import { FlowStore } from '#main/trainer/loader/flow-frames.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import { VideoReader } from '#main/video/reader.ts'
import { Augmenter } from '#main/trainer/loader/transforms/augment.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { METHODS, methodNamed, viewsOf } from '#shared/methods/index.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

let set: TinySet
const root = mkdtempSync(join(tmpdir(), 'fame-flow-clips-'))
beforeAll(async () => {
  set = await writeTinySet(8)
})
afterAll(() => {
  keepFlowIn(null)
  set.remove()
  rmSync(root, { recursive: true, force: true })
})

/** Whole frames, where nothing but the place in time is drawn. */
const flowConfig = (values: Partial<PretrainConfig> = {}): PretrainConfig =>
  tinyConfig({ modality: 'flow', merge: 'none', flip: 0, cropScaleMin: 1, ...values })
const choice = { flowAlgorithm: 'farneback', flowSize: 128 } as const

async function firstViews(config: PretrainConfig): Promise<Float32Array[]> {
  const loader = new ClipLoader(set.videos, config, (message) => {
    throw new Error(message)
  })
  try {
    for await (const { views } of loader.batches(0, 1)) return views.map((view) => view.slice())
    throw new Error('There was no batch.')
  } finally {
    await loader.close()
  }
}

/** One channel of a batch, in [0, 1]. */
const channel = (clips: Float32Array, of: 0 | 1 | 2): number[] =>
  Array.from(
    { length: clips.length / 3 },
    (_, i) => clips[3 * i + of] * kineticsScaling.deviation[of] + kineticsScaling.mean[of],
  )

it('gives pictures of u, v and a constant, one fewer than frames', () => {
  const [{ path, frames }] = set.videos
  const flow = new FlowStore(null).open(path, frames, choice)
  const reader = VideoReader.open(path)
  const { width, height } = reader.info
  expect(flow).toMatchObject({ length: frames - 1, width, height })
  const steps = computePiece(reader, { algorithm: 'farneback', size: 128, piece: 0 })
  let step = steps.next()
  while (!step.done) step = steps.next()
  const { fields } = readPiece(step.value)
  const pictures = new Map<number, Uint8Array>()
  flow.visit([7, 3, 7], (index, { data }) => pictures.set(index, data.slice()))
  expect([...pictures.keys()]).toEqual([3, 7])
  const pixels = width * height
  expect(pictures.get(7)).toEqual(flowPicture(fields, pixels, 7 * 2 * pixels))
  expect(() => flow.visit([frames - 1], () => undefined)).toThrow('No frame follows frame')
  flow.close()
  reader.close()
})

it('keeps flow on disk and takes it from there', async () => {
  const [{ path, frames }] = set.videos
  const folder = join(root, 'kept')
  const read = (store: FlowStore): Uint8Array[] => {
    const pictures: Uint8Array[] = []
    const flow = store.open(path, frames, choice)
    flow.visit([0, 5], (_, { data }) => pictures.push(data.slice()))
    flow.close()
    return pictures
  }
  const computed = read(new FlowStore(folder))
  const files = () => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  await vi.waitFor(() => expect(files().some((name) => name.endsWith('-0.flow'))).toBe(true))
  const open = vi.spyOn(VideoReader, 'open')
  const store = new FlowStore(folder)
  expect(read(store)).toEqual(computed)
  // Only to look at the size of the video.
  expect(open).toHaveBeenCalledTimes(1)
  expect(read(store)).toEqual(computed)
  expect(open).toHaveBeenCalledTimes(1)
  open.mockRestore()
})

it('trains on flow whose colours nothing changes', async () => {
  keepFlowIn(join(root, 'run'))
  const plain = await firstViews(flowConfig({ grayscale: 0, jitter: 0, blur: 0 }))
  const changed = await firstViews(flowConfig({ grayscale: 1, jitter: 1, blur: 1, solarise: 1 }))
  expect(changed).toEqual(plain)
  const third = channel(plain[0], 2)
  expect(Math.min(...third)).toBeCloseTo(STILL / 255, 5)
  expect(Math.max(...third)).toBeCloseTo(STILL / 255, 5)
  // Something moves.
  const u = channel(plain[0], 0)
  expect(Math.max(...u) - Math.min(...u)).toBeGreaterThan(0.01)
})

it('negates u where a clip is mirrored, unless it is to stay as in the reference', async () => {
  const [mirrored] = await firstViews(flowConfig({ flip: 1 }))
  const [kept] = await firstViews(flowConfig({ flip: 1, flowFlip: 'keep' }))
  const [negatedU, keptU] = [channel(mirrored, 0), channel(kept, 0)]
  negatedU.forEach((value, i) => expect(value).toBeCloseTo(1 - keptU[i], 5))
  expect(channel(mirrored, 1)).toEqual(channel(kept, 1))
})

it.each([128, 16])(
  'gives flow of %d px beside colours, of the very same clip',
  async (flowSize) => {
    const phased = METHODS.find((method) => {
      return viewsOf(completeConfig({ method })).some(({ modality }) => modality === 'flow')
    })
    const config = flowConfig({ modality: 'rgb', method: phased, flowSize, cropAspectMin: 1 })
    const loader = new ClipLoader(set.videos, completeConfig(config), () => undefined)
    const { value } = await loader.batches(0, 1).next()
    const { videos, views, drawn } = value as Batch
    const clip = views[2].slice(0, views[2].length / config.batch)
    await loader.close()
    const [colours, , flow] = drawn[0]
    expect(flow).toMatchObject({ indices: colours.indices, box: colours.box, flip: colours.flip })
    expect([colours.modality, flow.modality]).toEqual(['rgb', 'flow'])

    const { path, frames } = set.videos[videos[0]]
    const fields = new FlowStore(null).open(path, frames, { flowAlgorithm: 'farneback', flowSize })
    const augmenter = new Augmenter(config.size, kineticsScaling)
    const length = config.size ** 2 * 3
    const expected = new Float32Array(clip.length)
    const { info } = VideoReader.open(path)
    const scaled = (pixels: number): number => Math.round((pixels * fields.width) / info.width)
    const { box } = colours
    const place = { top: scaled(box.top), left: scaled(box.left) }
    const cutOut = { ...place, height: scaled(box.height), width: scaled(box.width) }
    fields.visit(
      flow.indices.map((index) => Math.min(index, fields.length - 1)),
      (index, picture) => {
        const cut = new Float32Array(length)
        augmenter.cut(picture, { box: cutOut, flip: false }, cut)
        flow.indices.forEach((wanted, i) => {
          if (Math.min(wanted, fields.length - 1) === index) expected.set(cut, i * length)
        })
      },
    )
    fields.close()
    augmenter.finish(expected, flow.look)
    expect(Math.max(...expected.map((value, i) => Math.abs(value - clip[i])))).toBeLessThan(1e-6)
  },
)

it('makes the views that a batch takes alone, to the bit as with the others', async () => {
  const method = METHODS.find((name) => methodNamed(name).secondStream)!
  const config = tinyConfig({ method, merge: 'query', flip: 0, cropScaleMin: 1 })
  const batches = async (made?: (batch: number) => readonly number[] | null): Promise<Batch[]> => {
    const loader = new ClipLoader(set.videos, config, () => undefined, { made })
    const all: Batch[] = []
    try {
      for await (const batch of loader.batches(0, 3)) all.push(batch)
    } finally {
      await loader.close()
    }
    return all
  }
  const whole = await batches()
  const parts = await batches((batch) => [[0, 1], [2, 3], null][batch] ?? null)
  const wanted = [
    [0, 1],
    [2, 3],
    [0, 1, 2, 3],
  ]
  for (const [i, batch] of parts.entries()) {
    for (const view of [0, 1, 2, 3]) {
      const expected = wanted[i].includes(view) ? whole[i].views[view] : new Float32Array(0)
      expect(batch.views[view]).toEqual(expected)
    }
    expect(batch.drawn).toEqual(whole[i].drawn)
    expect(batch.cut === null).toBe(!wanted[i].includes(0))
  }
  const names = viewsOf(config).map(({ name }) => name)
  const rows = parts.map((batch) => {
    const source = { batch, step: 1, config, videos: set.videos, root: set.folder }
    return drawClipStrip(source).strip.rows
  })
  const merged = [names[0], 'mask', 'merged', names[1]]
  expect(rows).toEqual([merged, names.slice(2), [...merged, ...names.slice(2)]])
})

it('evaluates a flow encoder on flow', () => {
  const [{ path, frames }] = set.videos
  const geometry = { clips: 2, crops: 1, testClips: 'fitted', colours: 'encoder' } as const
  const clips = readCentreClips({ ...geometry, path, frames, config: flowConfig() })
  const third = channel(clips, 2)
  expect(Math.max(...third) - Math.min(...third)).toBeLessThan(1e-5)
})

it('is nothing that runs of before had, and merges no masks', () => {
  expect(storedConfig({ model: 'r2plus1d_18' })).toMatchObject({
    modality: 'rgb',
    flowAlgorithm: 'farneback',
    flowSize: 128,
    flowFlip: 'negate',
  })
  expect(viewFault(flowConfig())).toBeNull()
  const merged = { ...flowConfig(), merge: 'query' } as const
  expect(viewFault(merged)).toContain('masks are made of colours')
})
