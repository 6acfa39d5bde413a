// @module-tag tensorflow
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { entryPath } from '#main/base/processes/entry-path.ts'
import type { BatchEvidence } from '#main/trainer/checkpoint/step-evidence.ts'
import { loadNewestCheckpoint, saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import type {
  FromTrainer,
  PretrainJob,
  ToTrainer,
  TrainerJob,
} from '#main/trainer/process/messages.ts'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { SESSION, TIME } from '#shared/contract/curves.ts'
import { metricKinds } from '#shared/metrics/catalogue.ts'
import { wilson } from '#shared/metrics/spread.ts'
import { Rng } from '#shared/random/rng.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from './tiny-videos.ts'

// Every test starts processes that load TensorFlow, which takes long on a loaded machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let set: TinySet
let folder: string
let child: ChildProcess | null = null
/** A whole run of `pretrainJob()`, made once: its folder, which tests copy, and what it said. */
let finished: { folder: string; messages: FromTrainer[] }

beforeAll(async () => {
  set = await writeTinySet(8)
  folder = mkdtempSync(join(tmpdir(), 'fame-run-'))
  finished = { folder, messages: await train(pretrainJob()) }
})
afterAll(() => {
  set.remove()
  rmSync(finished.folder, { recursive: true, force: true })
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fame-run-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** When trainers are ended; `FAME_SEED` repeats a test, whose name says the seed. */
const seed = Number(process.env.FAME_SEED ?? Date.now() % 2 ** 31)

const doomedTrainer = fileURLToPath(new URL('doomed-trainer.ts', import.meta.url))

/** Runs a job in a real trainer process, as the host does. */
function train(
  job: TrainerJob,
  onMessage: (message: FromTrainer, say: (message: ToTrainer) => void) => void = () => undefined,
  entry = entryPath('trainer'),
): Promise<FromTrainer[]> {
  const trainer = fork(entry, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child = trainer
  const messages: FromTrainer[] = []
  const say = (message: ToTrainer): void => void trainer.send(message)
  trainer.on('message', (message: FromTrainer) => {
    messages.push(message)
    if (message.type === 'ready') say({ type: 'start', job })
    onMessage(message, say)
  })
  // The last messages come before the channel closes.
  const gone = Promise.all([once(trainer, 'exit'), once(trainer, 'disconnect')])
  return gone.then(() => messages)
}

function copyFinishedRun(): void {
  cpSync(finished.folder, folder, { recursive: true })
}

const askToStop = (): void => void child?.send({ type: 'stop' } satisfies ToTrainer)

const pretrainJob = (values: Partial<PretrainJob['config']> = {}): PretrainJob => ({
  kind: 'pretrain',
  folder,
  config: tinyConfig({ epochs: 3, ...values }),
  videos: listVideos(set),
  resume: true,
})

function losses(messages: FromTrainer[]): number[] {
  return messages.flatMap((message) =>
    message.type === 'metrics'
      ? message.points.filter(({ name }) => name === 'loss').map(({ value }) => value)
      : [],
  )
}

/** The loss of every step that was reported. */
function stepLosses(messages: FromTrainer[]): Map<number, number> {
  return valuesOf(messages, 'loss')
}

/** What was reported of a metric, by step. */
function valuesOf(messages: FromTrainer[], metric: string): Map<number, number> {
  const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []))
  return new Map(
    points.filter(({ name }) => name === metric).map(({ step, value }) => [step, value]),
  )
}

describe('the trainer process', () => {
  it('pretrains to the end, reports every step and leaves a checkpoint', () => {
    const { messages } = finished
    expect(messages[0]).toEqual({ type: 'ready' })
    expect(messages.find(({ type }) => type === 'engine')).toMatchObject({
      engine: { precision: 'float32' },
    })
    expect(losses(messages)).toHaveLength(6)
    expect(losses(messages).every(Number.isFinite)).toBe(true)
    const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []))
    // Not on every machine, not at every step, and not without being asked for.
    const some = ['gpu', 'gpuMemory', 'knn', 'knnLow', 'knnHigh', 'knnVideos']
    const names = Object.keys(metricKinds).filter((name) => !some.includes(name))
    for (const name of [...names, TIME]) {
      const steps = points.filter((point) => point.name === name).map(({ step }) => step)
      expect([name, ...steps]).toEqual([name, 1, 2, 3, 4, 5, 6])
    }
    expect(points.filter(({ name }) => name === SESSION).map(({ step }) => step)).toEqual([1])
    expect(messages.at(-1)).toEqual({ type: 'done' })
    expect(loadNewestCheckpoint(finished.folder)?.step).toBe(6)
  })

  it('goes on after it was killed exactly as if it had not been', async () => {
    const straight = finished.messages
    const whole = loadNewestCheckpoint(finished.folder)
    await train(pretrainJob({ checkpointEvery: 1 }), undefined, doomedTrainer)
    expect(loadNewestCheckpoint(folder)?.step).toBe(2)
    const rest = await train(pretrainJob())
    const resumed = loadNewestCheckpoint(folder)
    expect(losses(rest)).toEqual(losses(straight).slice(2))
    // Six steps of four clips, although the process that went on made four of the steps.
    const use = { fame: 24, corrected: 0, approved: 0, redrawn: 0 }
    for (const messages of [straight, rest]) {
      expect(messages.findLast(({ type }) => type === 'masks')).toEqual({ type: 'masks', use })
    }
    expect(resumed?.step).toBe(6)
    expect(resumed?.tensors).toEqual(whole?.tensors)
  })

  it(`goes on from wherever it is ended, and however, as if it had not been (seed ${seed})`, async () => {
    const job = pretrainJob({ epochs: 8, accumulate: 2, checkpointEvery: 1 })
    const started = performance.now()
    const straight = stepLosses(await train(job))
    const duration = performance.now() - started
    const whole = loadNewestCheckpoint(folder)
    // A host that gets SIGINT asks its trainer to stop. FAME_KILLS=20 for a long test.
    const ways = [() => child?.kill('SIGKILL'), () => child?.kill('SIGTERM'), askToStop] as const
    const kills = Number(process.env.FAME_KILLS ?? ways.length)
    const rng = new Rng(seed)
    for (let ended = 0; ended < kills;) {
      if (loadNewestCheckpoint(folder)?.step === 8) rmSync(folder, { recursive: true })
      const timer = setTimeout(ways[ended % ways.length], rng.uniform(0.2, 1) * duration)
      const messages = await train(job)
      clearTimeout(timer)
      if (messages.at(-1)?.type !== 'done') ended++
      for (const [step, loss] of stepLosses(messages)) {
        expect([step, loss]).toEqual([step, straight.get(step)])
      }
    }
    await train(job)
    const resumed = loadNewestCheckpoint(folder)
    expect(resumed?.step).toBe(8)
    expect(resumed?.tensors).toEqual(whole?.tensors)
  }, 1_200_000)

  it('measures the k-NN accuracy, and is the same run to the bit with and without', async () => {
    const messages = await train(pretrainJob({ knnEvery: 2 }))
    const accuracies = valuesOf(messages, 'knn')
    expect([...accuracies.keys()]).toEqual([2, 4, 6])
    for (const [step, accuracy] of accuracies) {
      const [videos, low, high] = ['knnVideos', 'knnLow', 'knnHigh'].map((name) =>
        valuesOf(messages, name).get(step),
      )
      expect(videos).toBe(2)
      expect([low, high]).toEqual(wilson(accuracy, 2))
    }
    expect(losses(messages)).toEqual(losses(finished.messages))
    const tensors = loadNewestCheckpoint(folder)?.tensors
    expect(tensors).toEqual(loadNewestCheckpoint(finished.folder)?.tensors)
  })

  it('measures the k-NN accuracy at the same steps when it goes on', async () => {
    copyFinishedRun()
    const messages = await train(pretrainJob({ epochs: 4, knnEvery: 4 }))
    expect([...stepLosses(messages).keys()]).toEqual([7, 8])
    expect([...valuesOf(messages, 'knn').keys()]).toEqual([8])
  })

  it('measures the k-NN accuracy of the step it goes on from where a stop cut that off', async () => {
    copyFinishedRun()
    const job = pretrainJob({ epochs: 4, knnEvery: 3 })
    expect([...valuesOf(await train(job), 'knn').keys()]).toEqual([6, 8])
    expect([...valuesOf(await train(job), 'knn').keys()]).toEqual([])
  })

  it('stops at the step that is not finite, keeps the checkpoint and records the batch', async () => {
    copyFinishedRun()
    const saved = loadNewestCheckpoint(folder)!
    saved.tensors.get('head.2.weight')!.data[0] = Infinity
    const file = saveCheckpoint(folder, 7, saved)
    const messages = await train(pretrainJob({ epochs: 5 }))
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringMatching(
        /The loss is no longer a number at step 8; the checkpoint of step 7 is kept\. Its batch is recorded in .*diverged\.json\. Start a new run/,
      ) as string,
    })
    expect(loadNewestCheckpoint(folder)?.file).toBe(file)
    const record = JSON.parse(readFileSync(join(folder, 'diverged.json'), 'utf8')) as {
      batches: BatchEvidence[]
    }
    expect(record).toMatchObject({ step: 8, loss: 'NaN' })
    const [{ epoch, clips }] = record.batches
    expect([epoch, clips.length, new Set(clips.flatMap(({ seeds }) => seeds)).size]).toEqual([
      3, 4, 8,
    ])
    expect(set.videos.map(({ path }) => path)).toEqual(
      expect.arrayContaining(clips.map(({ video }) => video)),
    )
    // Four frames at stride 2 of twenty.
    const starts = clips.flatMap((clip) => clip.starts)
    expect(starts.every((start) => start >= 0 && start <= 20 - 7)).toBe(true)
    expect(new Set(starts).size).toBeGreaterThan(1)
  })

  it('refuses to go on with another list of videos', async () => {
    copyFinishedRun()
    const messages = await train({
      ...pretrainJob({ epochs: 4 }),
      videos: listVideos(set, 'turned', set.videos.toReversed()),
    })
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('was made with 8 videos') as string,
    })
  })

  it('stops when asked to, with a checkpoint of the last step', async () => {
    const messages = await train(pretrainJob({ epochs: 500 }), (message, say) => {
      if (message.type === 'metrics') say({ type: 'stop' })
    })
    const last = messages.at(-1)
    if (last?.type !== 'stopped') throw new Error(`Expected stopped, got ${last?.type}`)
    expect(last.step).toBeGreaterThan(0)
    expect(last.step).toBeLessThan(1000)
    expect(loadNewestCheckpoint(folder)?.step).toBe(last.step)
  })

  it('saves and ends at a SIGTERM', async () => {
    const messages = await train(pretrainJob({ epochs: 500 }), (message) => {
      if (message.type === 'metrics') child?.kill('SIGTERM')
    })
    const last = messages.at(-1)
    if (last?.type !== 'stopped') throw new Error(`Expected stopped, got ${last?.type}`)
    expect(loadNewestCheckpoint(folder)?.step).toBe(last.step)
  })

  it('saves and ends when its host is gone', async () => {
    await train(pretrainJob({ epochs: 500 }), (message) => {
      if (message.type === 'metrics' && child?.connected) child.disconnect()
    })
    expect(loadNewestCheckpoint(folder)?.step).toBeGreaterThan(0)
  })

  it('says what is wrong when the split is smaller than a batch', async () => {
    const job = { ...pretrainJob(), videos: listVideos(set, 'few', set.videos.slice(0, 3)) }
    const messages = await train(job)
    expect(messages.at(-1)).toEqual({
      type: 'failed',
      message: 'A batch needs 4 videos and the training split has 3: choose a smaller batch.',
    })
  })

  it.each(['linear', 'knn', 'retrieval'] as const)(
    'evaluates by %s, and the same each time',
    async (p) => {
      copyFinishedRun()
      const job: TrainerJob = {
        kind: 'evaluate',
        protocol: p,
        config: tinyConfig(),
        folder,
        settings: completeSettings(p, { clips: 2 }),
        outputs: join(folder, 'evaluation'),
        featureCache: join(folder, 'features'),
        classes: ['Right', 'Down'],
        train: listVideos(set, 'train', set.videos.slice(0, 6)),
        test: listVideos(set, 'test', set.videos.slice(6)),
      }
      const [first, second] = [await train(job), await train(job)].map((messages) =>
        messages.find((message) => message.type === 'result'),
      )
      expect(first?.result).toMatchObject({
        trainVideos: 6,
        testVideos: 2,
        classes: ['Right', 'Down'],
      })
      const names = {
        linear: ['top1', 'top5', 'clipTop1'],
        knn: ['top1', 'top5'],
        retrieval: ['R@1', 'R@5', 'R@10', 'R@20', 'R@50'],
      }
      expect(Object.keys(first?.result.scores ?? {})).toEqual(names[p])
      expect(first?.detail?.perClass.reduce((sum, { videos }) => sum + videos, 0)).toBe(2)
      expect(second?.result.scores).toEqual(first?.result.scores)
      expect(second?.detail).toEqual(first?.detail)
    },
  )

  it('does not score an encoder that has diverged', async () => {
    copyFinishedRun()
    const { tensors, metadata, step } = loadNewestCheckpoint(folder)!
    for (const { data } of tensors.values()) data.fill(NaN)
    saveCheckpoint(folder, step + 1, { tensors, metadata })
    const messages = await train({
      kind: 'evaluate',
      protocol: 'linear',
      config: tinyConfig(),
      folder,
      settings: completeSettings('linear', { clips: 1 }),
      outputs: join(folder, 'evaluation'),
      featureCache: join(folder, 'features'),
      classes: ['Right', 'Down'],
      train: listVideos(set),
      test: listVideos(set),
    })
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('diverged') as string,
    })
  })

  it('does not evaluate a run that has no checkpoint', async () => {
    const { config, videos } = pretrainJob()
    const messages = await train({
      kind: 'evaluate',
      protocol: 'linear',
      config,
      folder,
      settings: completeSettings('linear', { clips: 1 }),
      outputs: join(folder, 'evaluation'),
      featureCache: join(folder, 'features'),
      classes: ['Right', 'Down'],
      train: videos,
      test: videos,
    })
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('has no checkpoint') as string,
    })
  })
})
