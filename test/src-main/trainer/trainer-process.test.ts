// @module-tag tensorflow
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { BatchEvidence } from '#main/trainer/checkpoint/step-evidence.ts'
import { loadNewestCheckpoint, saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import type { FromTrainer, ToTrainer } from '#main/trainer/process/messages.ts'
import { SESSION, TIME } from '#shared/contract/curves.ts'
import { DEFAULT_METHOD, METHODS, methodNamed } from '#shared/methods/index.ts'
import { metricKinds } from '#shared/metrics/catalogue.ts'
import { wilson } from '#shared/metrics/spread.ts'
import { Rng } from '#shared/random/rng.ts'
import { RealTrainer } from './real-trainer.ts'
import { listVideos } from './tiny-videos.ts'
import { hashes } from './state-hashes.ts'

const trainer = new RealTrainer()

/** When trainers are ended; `FAME_SEED` repeats a test, whose name says the seed. */
const seed = Number(process.env.FAME_SEED ?? Date.now() % 2 ** 31)

const doomedTrainer = fileURLToPath(new URL('doomed-trainer.ts', import.meta.url))

const askToStop = (): void => void trainer.child?.send({ type: 'stop' } satisfies ToTrainer)

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
    const { messages } = trainer.finished
    expect(messages[0]).toEqual({ type: 'ready', pid: expect.any(Number) as number })
    expect(messages.find(({ type }) => type === 'engine')).toMatchObject({
      engine: { precision: 'float32' },
    })
    expect(losses(messages)).toHaveLength(6)
    expect(losses(messages).every(Number.isFinite)).toBe(true)
    const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []))
    // Not on every machine, not at every step, and not without being asked for.
    const some = ['gpu', 'gpuMemory', 'knn', 'knnLow', 'knnHigh', 'knnVideos']
    const own = Object.keys(methodNamed(DEFAULT_METHOD).metrics)
    const ofMethods = METHODS.flatMap((method) => Object.keys(methodNamed(method).metrics))
    const names = Object.keys(metricKinds).filter(
      (name) => own.includes(name) || !(some.includes(name) || ofMethods.includes(name)),
    )
    for (const name of [...names, TIME]) {
      const steps = points.filter((point) => point.name === name).map(({ step }) => step)
      expect([name, ...steps]).toEqual([name, 1, 2, 3, 4, 5, 6])
    }
    expect(points.filter(({ name }) => name === SESSION).map(({ step }) => step)).toEqual([1])
    expect(messages.at(-1)).toEqual({ type: 'done' })
    expect(loadNewestCheckpoint(trainer.finished.folder)?.step).toBe(6)
  })

  it('goes on after it was killed exactly as if it had not been', async () => {
    const straight = trainer.finished.messages
    const whole = loadNewestCheckpoint(trainer.finished.folder)
    await trainer.train(trainer.pretrainJob({ checkpointEvery: 1 }), undefined, doomedTrainer)
    expect(loadNewestCheckpoint(trainer.folder)?.step).toBe(2)
    const rest = await trainer.train(trainer.pretrainJob())
    const resumed = loadNewestCheckpoint(trainer.folder)
    expect(losses(rest)).toEqual(losses(straight).slice(2))
    // Six steps of four clips, although the process that went on made four of the steps.
    const use = { fame: 24, corrected: 0, approved: 0, redrawn: 0 }
    for (const messages of [straight, rest]) {
      expect(messages.findLast(({ type }) => type === 'masks')).toEqual({ type: 'masks', use })
    }
    expect(resumed?.step).toBe(6)
    expect(hashes(resumed?.tensors)).toEqual(hashes(whole?.tensors))
  })

  it(`goes on from wherever it is ended, and however, as if it had not been (seed ${seed})`, async () => {
    const job = trainer.pretrainJob({ epochs: 8, accumulate: 2, checkpointEvery: 1 })
    const started = performance.now()
    const straight = stepLosses(await trainer.train(job))
    const duration = performance.now() - started
    const whole = loadNewestCheckpoint(trainer.folder)
    // A host that gets SIGINT asks its trainer to stop. FAME_KILLS=20 for a long test.
    const ways = [
      () => trainer.child?.kill('SIGKILL'),
      () => trainer.child?.kill('SIGTERM'),
      askToStop,
    ] as const
    const kills = Number(process.env.FAME_KILLS ?? ways.length)
    const rng = new Rng(seed)
    for (let ended = 0; ended < kills;) {
      if (loadNewestCheckpoint(trainer.folder)?.step === 8)
        rmSync(trainer.folder, { recursive: true })
      const timer = setTimeout(ways[ended % ways.length], rng.uniform(0.2, 1) * duration)
      const messages = await trainer.train(job)
      clearTimeout(timer)
      if (messages.at(-1)?.type !== 'done') ended++
      for (const [step, loss] of stepLosses(messages)) {
        expect([step, loss]).toEqual([step, straight.get(step)])
      }
    }
    await trainer.train(job)
    const resumed = loadNewestCheckpoint(trainer.folder)
    expect(resumed?.step).toBe(8)
    expect(hashes(resumed?.tensors)).toEqual(hashes(whole?.tensors))
  }, 1_200_000)

  it('measures the k-NN accuracy, and is the same run to the bit with and without', async () => {
    const messages = await trainer.train(trainer.pretrainJob({ knnEvery: 2 }))
    const accuracies = valuesOf(messages, 'knn')
    expect([...accuracies.keys()]).toEqual([2, 4, 6])
    for (const [step, accuracy] of accuracies) {
      const [videos, low, high] = ['knnVideos', 'knnLow', 'knnHigh'].map((name) =>
        valuesOf(messages, name).get(step),
      )
      expect(videos).toBe(2)
      expect([low, high]).toEqual(wilson(accuracy, 2))
    }
    expect(losses(messages)).toEqual(losses(trainer.finished.messages))
    const tensors = loadNewestCheckpoint(trainer.folder)?.tensors
    const finished = loadNewestCheckpoint(trainer.finished.folder)
    expect(hashes(tensors)).toEqual(hashes(finished?.tensors))
  })

  it('measures the k-NN accuracy at the same steps when it goes on', async () => {
    trainer.copyFinishedRun()
    const messages = await trainer.train(trainer.pretrainJob({ epochs: 4, knnEvery: 4 }))
    expect([...stepLosses(messages).keys()]).toEqual([7, 8])
    expect([...valuesOf(messages, 'knn').keys()]).toEqual([8])
  })

  it('measures the k-NN accuracy of the step it goes on from where a stop cut that off', async () => {
    trainer.copyFinishedRun()
    const job = trainer.pretrainJob({ epochs: 4, knnEvery: 3 })
    expect([...valuesOf(await trainer.train(job), 'knn').keys()]).toEqual([6, 8])
    expect([...valuesOf(await trainer.train(job), 'knn').keys()]).toEqual([])
  })

  it('stops at the step that is not finite, keeps the checkpoint and records the batch', async () => {
    trainer.copyFinishedRun()
    const saved = loadNewestCheckpoint(trainer.folder)!
    saved.tensors.get('head.2.weight')!.data[0] = Infinity
    const file = saveCheckpoint(trainer.folder, 7, saved)
    const messages = await trainer.train(trainer.pretrainJob({ epochs: 5 }))
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringMatching(
        /The loss is no longer a finite number at step 8; the checkpoint of step 7 is kept\. Its batch is recorded in .*diverged\.json\. Start a new run/,
      ) as string,
    })
    expect(loadNewestCheckpoint(trainer.folder)?.file).toBe(file)
    const record = JSON.parse(readFileSync(join(trainer.folder, 'diverged.json'), 'utf8')) as {
      batches: BatchEvidence[]
    }
    expect(record).toMatchObject({ step: 8, loss: 'NaN' })
    const [{ epoch, clips }] = record.batches
    expect([epoch, clips.length, new Set(clips.flatMap(({ seeds }) => seeds)).size]).toEqual([
      3, 4, 8,
    ])
    expect(trainer.set.videos.map(({ path }) => path)).toEqual(
      expect.arrayContaining(clips.map(({ video }) => video)),
    )
    // Four frames at stride 2 of twenty.
    const starts = clips.flatMap((clip) => clip.starts)
    expect(starts.every((start) => start >= 0 && start <= 20 - 7)).toBe(true)
    expect(new Set(starts).size).toBeGreaterThan(1)
  })

  it('refuses to go on with another list of videos', async () => {
    trainer.copyFinishedRun()
    const messages = await trainer.train({
      ...trainer.pretrainJob({ epochs: 4 }),
      videos: listVideos(trainer.set, 'turned', trainer.set.videos.toReversed()),
    })
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('was made with 8 videos') as string,
    })
  })

  it('stops when asked to, with a checkpoint of the last step', async () => {
    const messages = await trainer.train(trainer.pretrainJob({ epochs: 500 }), (message, say) => {
      if (message.type === 'metrics') say({ type: 'stop' })
    })
    const last = messages.at(-1)
    if (last?.type !== 'stopped') throw new Error(`Expected stopped, got ${last?.type}`)
    expect(last.step).toBeGreaterThan(0)
    expect(last.step).toBeLessThan(1000)
    expect(loadNewestCheckpoint(trainer.folder)?.step).toBe(last.step)
  })

  it('saves and ends at a SIGTERM', async () => {
    const messages = await trainer.train(trainer.pretrainJob({ epochs: 500 }), (message) => {
      if (message.type === 'metrics') trainer.child?.kill('SIGTERM')
    })
    const last = messages.at(-1)
    if (last?.type !== 'stopped') throw new Error(`Expected stopped, got ${last?.type}`)
    expect(loadNewestCheckpoint(trainer.folder)?.step).toBe(last.step)
  })

  it('saves and ends when its host is gone', async () => {
    await trainer.train(trainer.pretrainJob({ epochs: 500 }), (message) => {
      if (message.type === 'metrics' && trainer.child?.connected) trainer.child.disconnect()
    })
    expect(loadNewestCheckpoint(trainer.folder)?.step).toBeGreaterThan(0)
  })

  it('says what is wrong when the split is smaller than a batch', async () => {
    const job = {
      ...trainer.pretrainJob(),
      videos: listVideos(trainer.set, 'few', trainer.set.videos.slice(0, 3)),
    }
    const messages = await trainer.train(job)
    expect(messages.at(-1)).toEqual({
      type: 'failed',
      message: 'A batch needs 4 videos, but the training split has 3. Choose a smaller batch.',
    })
  })
})
