import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { PROTOCOLS, tasks, type Protocol } from '#shared/tasks/index.ts'
import type { ActivationArtefact } from '#shared/tasks/activation/artefact.ts'
import type { BackgroundArtefact } from '#shared/tasks/background/artefact.ts'
import type { TrackingArtefact } from '#shared/tasks/tracking/artefact.ts'
import { COMPARED_AT_ONCE } from '#shared/metrics/retrieval.ts'
import { evaluate } from '#main/trainer/evaluation/evaluate.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import type { FromTrainer, TrainerVideo } from '#main/trainer/process/messages.ts'
import { writeVideo } from '#main/video/writer.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'
import { Listener } from './listener.ts'

const temporaryFolder = temporaryFolders()
/** Settings that keep the slower protocols short. */
const short: Partial<Record<Protocol, Record<string, number>>> = {
  linear: { clips: 1, epochs: 2 },
  background: { clips: 1, epochs: 2 },
  finetune: { clips: 1, epochs: 1, batch: 4 },
  tracking: { frameSize: 64, trackedFrames: 4 },
}
let set: TinySet
let train: TrainerVideo[]
/** As an index lists them: one class after the other. */
let test: TrainerVideo[]

beforeAll(async () => {
  // Every host listens to the process, and a process has one in earnest.
  process.setMaxListeners(50)
  set = await writeTinySet(13)
  const numbered = set.videos.map((video, i) => ({ ...video, id: i + 1 }))
  train = numbered.slice(0, 6)
  test = numbered.slice(6).toSorted((a, b) => a.label - b.label)
  // True objects for tracking: any will do.
  mkdirSync(`${set.folder}-masks`)
  for (const { path } of test) {
    const file = join(`${set.folder}-masks`, basename(path).replace('.avi', '.mkv'))
    const half = Uint8Array.from({ length: 48 * 36 }, (_, i) => (i % 48 < 24 ? 255 : 0))
    const frames = Array.from({ length: 20 }, () => half)
    await writeVideo(file, { width: 48, height: 36, fps: 25, codec: 'ffv1' }, frames)
  }
})
afterAll(() => {
  rmSync(`${set.folder}-masks`, { recursive: true, force: true })
  set.remove()
})

async function run(protocol: Protocol) {
  const outputs = temporaryFolder()
  const listener = new Listener()
  const last = await evaluate(
    {
      kind: 'evaluate',
      protocol,
      config: tinyConfig({ loaderThreads: 1 }),
      settings: completeSettings(protocol, short[protocol] ?? {}),
      folder: null,
      outputs,
      featureCache: temporaryFolder(),
      classes: ['across', 'down'],
      train: listVideos(set, 'train', train),
      test: listVideos(set, 'test', test),
    },
    listener,
  )
  expect(last).toEqual({ type: 'done' })
  return { messages: listener.messages, order: scoredOrder(outputs), outputs }
}

/** The numbers of the test videos in the order in which they were scored. */
function scoredOrder(outputs: string): number[] | null {
  const read = (name: string): string => readFileSync(join(outputs, name), 'utf8')
  const has = (name: string): boolean => existsSync(join(outputs, name))
  if (has('predictions.jsonl')) {
    const lines = read('predictions.jsonl').trim().split('\n')
    return lines.map((line) => (JSON.parse(line) as PredictionLine).video)
  }
  if (has('background.json')) {
    const { examples } = JSON.parse(read('background.json')) as BackgroundArtefact
    return examples.map(({ videoId }) => videoId)
  }
  const artefact = ['activation.json', 'tracking.json'].find(has)
  if (artefact === undefined) return null
  const { videos } = JSON.parse(read(artefact)) as ActivationArtefact | TrackingArtefact
  return videos.map(({ videoId }) => videoId)
}

const ofType = <Type extends FromTrainer['type']>(messages: readonly FromTrainer[], type: Type) =>
  messages.filter((message) => message.type === type) as Extract<FromTrainer, { type: Type }>[]

// Each starts loader threads, which takes long while others use the machine.
describe.each(PROTOCOLS)('running scores of %s', { timeout: 180_000 }, (protocol) => {
  it('come from videos in random order, and end at the result, which is as described', async () => {
    const { messages, order, outputs } = await run(protocol)
    const [{ result }] = ofType(messages, 'result')
    const { scores, artefact, answers } = tasks[protocol]
    expect(Object.keys(result.scores)).toEqual(scores.map(({ name }) => name))
    const left = join(outputs, `${protocol}.json`)
    expect(existsSync(left)).toBe(artefact !== null)
    if (artefact) artefact.schema.parse(JSON.parse(readFileSync(left, 'utf8')))
    expect(existsSync(join(outputs, 'predictions.jsonl'))).toBe(answers !== null)
    // Every phase is one of the plan, in its order, and the plan is done with the last one.
    const phases = ofType(messages, 'progress').map(({ progress }) => progress)
    const planned = phases.at(-1)?.plan
    expect([...new Set(phases.map(({ phase }) => phase))]).toEqual(
      planned?.phases.map(({ name }) => name),
    )
    expect(planned).toMatchObject({ secondsLeft: 0 })
    expect(planned?.share).toBeCloseTo(1)

    const partials = ofType(messages, 'partial')
    // A protocol without a running score shows no interval either.
    if (order === null) return expect(partials).toEqual([])

    const listed = test.map(({ id }) => id)
    expect(order.toSorted((a, b) => a - b)).toEqual(listed.toSorted((a, b) => a! - b!))
    const classOf = (video: number): number => test.find(({ id }) => id === video)!.label
    const changes = order.filter((video, i) => i > 0 && classOf(video) !== classOf(order[i - 1]))
    expect(changes.length).toBeGreaterThan(1)

    expect(partials.at(-1)!.partial).toMatchObject({
      done: test.length,
      total: test.length,
      scores: result.scores,
    })
    // A count goes out after the score of the videos that it counts, but for a block of them.
    const { phase, unit } = ofType(messages, 'progress').at(-1)!.progress
    if (unit !== 'videos') return
    let scored = 0
    for (const message of messages) {
      if (message.type === 'partial') scored = message.partial.done
      else if (message.type === 'progress' && message.progress.phase === phase) {
        expect(scored).toBeGreaterThan(message.progress.done - COMPARED_AT_ONCE)
      }
    }
  })
})
