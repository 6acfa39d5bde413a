// @module-tag tensorflow
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import type { Protocol } from '#shared/tasks/index.ts'
import { activationArtefact } from '#shared/tasks/activation/artefact.ts'
import { backgroundArtefact } from '#shared/tasks/background/artefact.ts'
import { kernelsArtefact } from '#shared/tasks/kernels/artefact.ts'
import { mapArtefact } from '#shared/tasks/map/artefact.ts'
import { evaluate } from '#main/trainer/evaluation/evaluate.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { HostPort } from '#main/trainer/process/host-port.ts'
import { readCentreClips } from '#main/trainer/loader/centre-clips.ts'
import type { EvaluateJob, FromTrainer, TrainerVideo } from '#main/trainer/process/messages.ts'
import { writeVideo } from '#main/video/writer.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'

const config = tinyConfig({ loaderThreads: 2 })
const CLIPS = 2
const cut = { clips: CLIPS, crops: 1, testClips: 'fitted', colours: 'encoder' } as const
let set: TinySet
let train: TrainerVideo[]
let test: TrainerVideo[]
let outputs: string

/** A host that notes what it is told, and asks to stop once the protocol is at its own work. */
class Listener extends HostPort {
  readonly messages: FromTrainer[] = []
  private readonly stopAt: string | null

  constructor(stopAt: string | null = null) {
    super()
    this.stopAt = stopAt
  }

  override send(message: FromTrainer): void {
    this.messages.push(message)
  }

  override get stopRequested(): boolean {
    return this.messages.some(
      (message) => message.type === 'progress' && message.progress.phase === this.stopAt,
    )
  }
}

beforeAll(async () => {
  // Every host listens to the process, and a process has one in earnest.
  process.setMaxListeners(50)
  set = await writeTinySet(10)
  const numbered = set.videos.map((video, i) => ({ ...video, id: 100 + i }))
  train = numbered.slice(0, 6)
  test = numbered.slice(6)
  mkdirSync(`${set.folder}-masks`)
  // All but the last test video have true masks.
  for (const { path } of numbered.slice(0, -1)) {
    const file = join(`${set.folder}-masks`, basename(path).replace('.avi', '.mkv'))
    const id = Number(/\d+/.exec(basename(path))![0])
    await writeVideo(file, { width: 48, height: 36, fps: 25, codec: 'ffv1' }, squares(id))
  }
})
afterAll(() => {
  rmSync(`${set.folder}-masks`, { recursive: true, force: true })
  set.remove()
})
beforeEach(() => {
  outputs = join(set.folder, 'outputs')
  rmSync(outputs, { recursive: true, force: true })
})

/** The true foreground of a tiny video. */
function* squares(id: number): Generator<Uint8Array> {
  for (let t = 0; t < 20; t++) {
    const [left, top] = id % 2 === 0 ? [4 + t, 12] : [18, 2 + t]
    yield Uint8Array.from({ length: 48 * 36 }, (_, i) => {
      const [x, y] = [i % 48, Math.floor(i / 48)]
      return x >= left && x < left + 12 && y >= top && y < top + 12 ? 255 : 0
    })
  }
}

function jobOf(protocol: Protocol, settings: Record<string, unknown> = {}): EvaluateJob {
  return {
    kind: 'evaluate',
    protocol,
    config,
    settings: completeSettings(protocol, settings),
    folder: null,
    outputs,
    featureCache: join(set.folder, 'features'),
    classes: ['across', 'down'],
    train: listVideos(set, 'train', train),
    test: listVideos(set, 'test', test),
  }
}

async function run(job: EvaluateJob, port = new Listener()) {
  const last = await evaluate(job, port)
  const told = port.messages.find((message) => message.type === 'result')
  return { last, result: told?.result, detail: told?.detail, messages: port.messages }
}

const written = (name: string): unknown =>
  JSON.parse(readFileSync(join(outputs, `${name}.json`), 'utf8'))

const predictionLines = (): PredictionLine[] =>
  readFileSync(join(outputs, 'predictions.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PredictionLine)

/** [T, S, S, channels] bytes of a strip. */
async function frames(file: string, channels: 1 | 3): Promise<Uint8Array> {
  const colours = channels === 1 ? 'b-w' : 'srgb'
  const parts: Buffer[] = []
  for (let t = 0; t < config.frames; t++) {
    const area = { left: t * config.size, top: 0, width: config.size, height: config.size }
    const picture = sharp(join(outputs, file)).extract(area)
    parts.push(await picture.toColourspace(colours).raw().toBuffer())
  }
  return Buffer.concat(parts)
}

it('answers under every background, and the originals as the linear probe does', async () => {
  const settings = { clips: CLIPS, epochs: 5 }
  const linear = await run(jobOf('linear', settings))
  const { last, result, detail, messages } = await run(jobOf('background', settings))
  expect(last).toEqual({ type: 'done' })
  expect(result).toMatchObject({ trainVideos: 6, testVideos: 4 })
  expect(result!.scores.original).toBe(linear.result!.scores.top1)
  expect(detail).toEqual(linear.detail)
  expect(messages.filter(({ type }) => type === 'warning')).toEqual([])

  const kept = predictionLines()
  expect(kept.map(({ video }) => video).sort()).toEqual([106, 107, 108, 109])
  for (const name of ['original', 'sameClass', 'swapped'] as const) {
    const right = kept.filter(({ truth, answers }) => answers![name] === truth)
    expect(right.length / kept.length).toBe(result!.scores[name])
  }
  expect(kept.filter(({ answers, lent }) => answers!.swapped === lent).length / 4).toBe(
    result!.scores.pull,
  )
  for (const { top, answers } of kept) expect(top[0][0]).toBe(answers!.original)

  const found = backgroundArtefact.schema.parse(written('background'))
  expect(found.masks).toEqual({ true: 3 * CLIPS, corrected: 0, approved: 0, fame: CLIPS })
  const { conditions } = found
  const { sameClass, swapped, gap } = result!.scores
  expect(gap).toBeCloseTo(sameClass - swapped, 9)
  for (const { name, accuracy, perClass } of conditions) {
    expect(accuracy).toBe(result!.scores[name])
    expect(perClass.map(({ videos }) => videos)).toEqual([2, 2])
  }
  expect(found.examples.map(({ videoId }) => videoId).sort()).toEqual([106, 107, 108, 109])
  for (const example of found.examples) {
    expect(example.swappedLabel).toBe(1 - example.label)
  }
})

it('keeps pictures of what the encoder was shown', async () => {
  await run(jobOf('background', { clips: CLIPS, epochs: 1 }))
  const { examples } = backgroundArtefact.schema.parse(written('background'))
  const { pictures } = examples.find(({ videoId }) => videoId === test[0].id)!
  const shown = await frames(pictures.original, 3)
  const clips = readCentreClips({ ...test[0], ...cut, config })
  const middle = clips.subarray(clips.length / CLIPS)
  const [mean, std] = [
    [0.43216, 0.394666, 0.37645],
    [0.22803, 0.22145, 0.216989],
  ]
  shown.forEach((value, i) => {
    const expected = 255 * (middle[i] * std[i % 3] + mean[i % 3])
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(0.51)
  })
  // A pixel is grey or of the object; the object covers a square of 8 x 8 of 24 x 24 pixels.
  const alone = await frames(pictures.foregroundOnly, 3)
  const grey = mean.map((value) => Math.round(255 * value))
  let objects = 0
  for (let i = 0; i < alone.length; i += 3) {
    const colour = [...alone.subarray(i, i + 3)]
    if (colour.join() === grey.join()) continue
    objects++
    expect(colour).toEqual([...shown.subarray(i, i + 3)])
  }
  expect(objects / config.frames).toBe(64)
})

it('maps activation of the clip in the middle, and how much lies in the foreground', async () => {
  const { last, result } = await run(jobOf('activation', { videos: 3 }))
  expect(last).toEqual({ type: 'done' })
  const found = activationArtefact.schema.parse(written('activation'))
  expect(result).toMatchObject({ testVideos: 3, scores: { inside: found.inside.mean } })
  expect(new Set(found.videos.map(({ videoId }) => videoId)).size).toBe(3)
  expect(found.masks.true).toBeGreaterThan(0)
  // Four frames at stride 8 / 4, two rows of places: r2plus1d_narrow divides sides by 16.
  expect(found.mapShape).toEqual([1, 2, 2])
  for (const { mask, area, inside, peakInside, pictures } of found.videos) {
    if (mask !== 'true') continue
    expect(area).toBe(64 / 576)
    const heat = await frames(pictures!.heat, 1)
    const foreground = await frames(pictures!.mask, 1)
    expect(foreground.filter((value) => value === 255)).toHaveLength(4 * 64)
    expect(Math.max(...heat)).toBe(255)
    const peak = heat.indexOf(255)
    if (!peakInside) expect(foreground[peak]).toBe(0)
    expect(inside).toBeGreaterThan(0)
    expect(inside).toBeLessThan(1)
  }
})

it('maps the activation of two streams on the same clips, each as it is alone', async () => {
  const twin = tinyConfig({ method: 'coclr', merge: 'none', loaderThreads: 2 })
  const maps = async (stream: string) => {
    const job = { ...jobOf('activation', { videos: 3, stream }), config: twin }
    const { last, result } = await run(job)
    expect(last).toEqual({ type: 'done' })
    const found = activationArtefact.schema.parse(written('activation'))
    const heats = found.videos.map(({ pictures }) => readFileSync(join(outputs, pictures!.heat)))
    return { found, scores: result!.scores, heats }
  }
  const [colours, flow, both] = [await maps('rgb'), await maps('flow'), await maps('both')]
  expect([colours, flow, both].map(({ found }) => found.modality)).toEqual(['rgb', 'flow', 'rgb'])
  expect(colours.found.others).toBeUndefined()
  expect(both.found.videos).toEqual(colours.found.videos)
  const [second] = both.found.others!
  expect(second.modality).toBe('flow')
  const seen = ({ videos }: Pick<typeof colours.found, 'videos'>) =>
    videos.map(({ videoId, inside, area, peakInside }) => ({ videoId, inside, area, peakInside }))
  expect(seen(second)).toEqual(seen(flow.found))
  expect(seen(second)).not.toEqual(seen(colours.found))
  second.videos.forEach(({ pictures }, i) => {
    expect(readFileSync(join(outputs, pictures!.heat))).toEqual(flow.heats[i])
    expect(pictures!.clip).toBe(both.found.videos[i].pictures!.clip)
  })
  for (const name of ['inside', 'area', 'peak']) {
    const mean = (colours.scores[name] + flow.scores[name]) / 2
    expect(both.scores[name]).toBeCloseTo(mean, 12)
  }
})

it('describes the kernels of an encoder without a look at videos', async () => {
  const job = jobOf('kernels')
  const { result } = await run({ ...job, train: listVideos(set, 'none', []), test: job.train })
  const { layers } = kernelsArtefact.schema.parse(written('kernels'))
  expect(layers.map(({ name }) => name)).toEqual([
    'stem.3.weight',
    ...[1, 2, 3, 4].flatMap((stage) =>
      [1, 2].map((conv) => `layer${stage}.0.conv${conv}.0.3.weight`),
    ),
  ])
  for (const { shape, taps, change } of layers) {
    expect([shape[2], taps.length]).toEqual([3, 3])
    // Weights without order: two thirds of their energy lie about the mean of three.
    expect(Math.abs(change - 2 / 3)).toBeLessThan(0.06)
  }
  expect(result!.scores.change).toBeGreaterThan(0.6)
})

it('maps test and training videos, the same way for the same seed', async () => {
  const settings = { clips: CLIPS, neighbours: 4 }
  const { last, result } = await run(jobOf('map', settings))
  expect(last).toEqual({ type: 'done' })
  expect(result).toMatchObject({ trainVideos: 6, testVideos: 4 })
  const { points, total } = mapArtefact.schema.parse(written('map'))
  expect(total).toBe(10)
  expect(points.videoId.slice(0, 4).sort()).toEqual([106, 107, 108, 109])
  expect(points.videoId.slice(4)).toEqual([100, 101, 102, 103, 104, 105])
  expect(points.label).toEqual(points.videoId.map((id) => id % 2))
  expect(points.test).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  await run(jobOf('map', settings))
  expect(mapArtefact.schema.parse(written('map')).points).toEqual(points)
})

it.each([
  ['background', 'Exchanging backgrounds'],
  ['activation', 'Mapping activation'],
  ['map', 'Laying out the map'],
] as const)('%s ends when it is asked to', async (protocol, phase) => {
  const settings = protocol === 'activation' ? {} : { clips: CLIPS }
  const few = protocol === 'background' ? { epochs: 1 } : {}
  const { last, result } = await run(jobOf(protocol, { ...settings, ...few }), new Listener(phase))
  expect([last, result]).toEqual([{ type: 'stopped', step: 0 }, undefined])
  expect(existsSync(join(outputs, `${protocol}.json`))).toBe(false)
})
