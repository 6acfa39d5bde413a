// @module-tag tensorflow
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { loadNewestCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { evaluate } from '#main/trainer/evaluation/evaluate.ts'
import { fingerprint } from '#main/trainer/evaluation/feature-cache.ts'
import { steppedLearningRate } from '#main/trainer/tasks/linear/learning-rate.ts'
import type { EvaluateJob } from '#main/trainer/process/messages.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { listVideos, tinyConfig, writeTinySet, type TinySet } from '../tiny-videos.ts'
import { Listener } from './listener.ts'

const temporaryFolder = temporaryFolders()
const config = tinyConfig({ loaderThreads: 2 })
it('lowers the learning rate at each milestone', () => {
  const settings = completeSettings('finetune')
  const rates = [0, 59, 60, 119, 120, 149].map((epoch) => steppedLearningRate(settings, epoch))
  const expected = [0.025, 0.025, 0.0025, 0.0025, 0.00025, 0.00025]
  rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i], 12))
})

describe('fine-tuning', () => {
  let set: TinySet

  beforeAll(async () => {
    process.setMaxListeners(50)
    set = await writeTinySet(8)
  })
  afterAll(() => set.remove())

  const job = (outputs: string, settings: Record<string, unknown> = {}): EvaluateJob => ({
    kind: 'evaluate',
    protocol: 'finetune',
    config,
    settings: completeSettings('finetune', {
      clips: 1,
      batch: 3,
      epochs: 4,
      lr: 0.02,
      ...settings,
    }),
    folder: null,
    outputs,
    featureCache: temporaryFolder(),
    classes: ['Right', 'Down'],
    train: listVideos(set, 'train', set.videos.slice(0, 6)),
    test: listVideos(set, 'test', set.videos.slice(6)),
  })

  it('goes on after a stop exactly as if there had been none', async () => {
    const [straight, stopped] = [temporaryFolder(), temporaryFolder()]
    const whole = new Listener()
    expect(await evaluate(job(straight, { merge: 'fame' }), whole)).toEqual({ type: 'done' })
    const isTraining = new Listener(({ type }) => type === 'metrics')
    const request = job(stopped, { merge: 'fame' })
    expect(await evaluate(request, isTraining)).toEqual({ type: 'stopped', step: 0 })
    expect(loadNewestCheckpoint(stopped)?.step).toBe(1)
    const rest = new Listener()
    expect(await evaluate(request, rest)).toEqual({ type: 'done' })
    const [one, other] = [straight, stopped].map((folder) => loadNewestCheckpoint(folder)!)
    expect([one.step, other.step]).toEqual([8, 8])
    expect(fingerprint(other.tensors)).toBe(fingerprint(one.tensors))
    const scores = [whole, rest].map((listener) => listener.first('result').result.scores)
    expect(scores[1]).toEqual(scores[0])
  })

  it('trains anew on each draw of labels, and goes on within a draw after a stop', async () => {
    const few = { labels: 'perClass', labelCount: 2, labelDraws: 2, batch: 16, epochs: 3 }
    const [straight, stopped] = [temporaryFolder(), temporaryFolder()]
    const whole = new Listener()
    expect(await evaluate(job(straight, few), whole)).toEqual({ type: 'done' })
    // The second draw has begun; three steps a draw, since a batch takes all four videos.
    const isSecond = new Listener(
      (one) => one.type === 'metrics' && one.points.some(({ step }) => step > 3),
    )
    expect(await evaluate(job(stopped, few), isSecond)).toEqual({ type: 'stopped', step: 0 })
    expect(loadNewestCheckpoint(stopped)?.step).toBe(4)
    const rest = new Listener()
    expect(await evaluate(job(stopped, few), rest)).toEqual({ type: 'done' })
    const phases = rest.messages.flatMap((one) =>
      one.type === 'progress' ? [one.progress.phase] : [],
    )
    expect(new Set(phases)).toEqual(
      new Set(['Fine-tuning, draw 2 of 2', 'Scoring the test videos, draw 2 of 2']),
    )
    const [one, other] = [straight, stopped].map((folder) => loadNewestCheckpoint(folder)!)
    expect([one.step, other.step]).toEqual([6, 6])
    expect(fingerprint(other.tensors)).toBe(fingerprint(one.tensors))
    const [first, second] = [whole, rest].map((listener) => {
      return { ...listener.first('result').result, seconds: 0 }
    })
    expect(second).toEqual(first)
    expect(first).toMatchObject({ trainVideos: 4, testVideos: 2 })
    expect(first.draws!.top1).toHaveLength(2)

    // The first draw is the same training as where there is only one.
    const single = new Listener()
    await evaluate(job(temporaryFolder(), { ...few, labelDraws: 1 }), single)
    expect(single.first('result').result.scores.top1).toBe(first.draws!.top1[0])
  })

  it('trains each stream by itself, and goes on within the second after a stop', async () => {
    const twin = tinyConfig({ method: 'coclr', merge: 'none', loaderThreads: 2 })
    const request = (outputs: string, stream: string): EvaluateJob => ({
      ...job(outputs, { epochs: 2, stream }),
      config: twin,
    })
    const [straight, stopped] = [temporaryFolder(), temporaryFolder()]
    const whole = new Listener()
    expect(await evaluate(request(straight, 'both'), whole)).toEqual({ type: 'done' })
    // Two steps an epoch: the second stream begins with step 5.
    const isSecond = new Listener(
      (one) => one.type === 'metrics' && one.points.some(({ step }) => step > 4),
    )
    const part = await evaluate(request(stopped, 'both'), isSecond)
    expect(part).toEqual({ type: 'stopped', step: 0 })
    const steps = ['rgb', 'flow'].map((name) => loadNewestCheckpoint(join(stopped, name))?.step)
    expect(steps).toEqual([4, 5])
    const rest = new Listener()
    expect(await evaluate(request(stopped, 'both'), rest)).toEqual({ type: 'done' })
    const phases = rest.messages.flatMap((one) =>
      one.type === 'progress' ? [one.progress.phase] : [],
    )
    expect(new Set(phases)).toEqual(new Set(['Fine-tuning, flow', 'Scoring the test videos']))
    const [first, second] = [whole, rest].map((listener) => {
      return { ...listener.first('result').result, seconds: 0 }
    })
    expect(second).toEqual(first)
    const weights = (folder: string): string => fingerprint(loadNewestCheckpoint(folder)!.tensors)
    for (const stream of ['rgb', 'flow']) {
      expect(weights(join(stopped, stream))).toBe(weights(join(straight, stream)))
      const alone = temporaryFolder()
      await evaluate(request(alone, stream), new Listener())
      expect(weights(alone)).toBe(weights(join(straight, stream)))
    }
    expect(weights(join(straight, 'flow'))).not.toBe(weights(join(straight, 'rgb')))
  })

  it("trains and tests with the reference's schedule", async () => {
    const { values } = Object.fromEntries(schedulesFor('finetune')).reference
    const listener = new Listener()
    const request = job(temporaryFolder(), { ...values, batch: 3, epochs: 1 })
    expect(await evaluate(request, listener)).toEqual({ type: 'done' })
    const { result } = listener.first('result')
    expect(result).toMatchObject({ trainVideos: 6, testVideos: 2 })
  })

  it('trains on clips as crops, colours and dropout are set, and on the same ones each time', async () => {
    const lossWith = async (settings: Record<string, unknown>): Promise<number> => {
      const listener = new Listener()
      const request = job(temporaryFolder(), { epochs: 1, ...settings })
      await evaluate({ ...request, config: { ...config, cropScaleMin: 0.9 } }, listener)
      const points = listener.messages.flatMap((one) => (one.type === 'metrics' ? one.points : []))
      return points.find(({ name }) => name === 'loss')!.value
    }
    const usual = await lossWith({})
    expect(await lossWith({})).toBe(usual)
    const others = [
      { trainCrops: 'reference' },
      { grayscale: 1 },
      { jitter: 1 },
      { dropout: 0.7 },
      { batch: 4, repeats: 2 },
    ]
    for (const settings of others) {
      expect(await lossWith(settings), JSON.stringify(settings)).not.toBe(usual)
    }
  })

  it('goes on with what version 0.1.0 began, whatever settings have come since', async () => {
    const request = job(temporaryFolder(), { epochs: 1 })
    await evaluate(request, new Listener())
    // Its settings, in the order in which it hashed them.
    const names = [
      ...['clips', 'crops', 'splitList', 'normalise', 'k', 'temperature', 'epochs', 'lr', 'batch'],
      ...['weightDecay', 'backgrounds', 'videos', 'shown', 'neighbours', 'minDistance'],
      ...['milestone1', 'milestone2', 'factor', 'dropout', 'merge', 'seed'],
    ]
    const values = new Map(Object.entries(request.settings))
    const settings = Object.fromEntries(names.map((name) => [name, values.get(name)]))
    const trained = set.videos.slice(0, 6).map(({ path, label }) => `${path} ${label}`)
    const { classes, folder } = request
    // Settings of runs that have come since, at what runs did before them, are not told.
    const since = [
      ...['modality', 'flowAlgorithm', 'flowSize', 'flowFlip', 'interval', 'intervalPower'],
      ...['cropScaleMax', 'cropAspectMin', 'jitterBrightness', 'jitterContrast', 'jitterHue'],
      ...['jitterSaturation', 'colourOrder', 'solarise', 'asymmetric', 'blurOthers', 'stepAt'],
      ...['maskPer', 'solariseOthers', 'consistent', 'coloursByFrame', 'frameMix', 'background'],
      ...['lrRule', 'beta2', 'finalLr', 'headLayers', 'wire', 'repeats'],
      ...['hiddenSize', 'headNorm', 'predictor', 'rho', 'symmetric', 'negatives', 'waitForQueue'],
    ]
    const first = Object.fromEntries(
      Object.entries(config).filter(([name]) => !since.includes(name)),
    )
    const all = JSON.stringify({ config: first, settings, classes, folder, trained })
    const { training } = loadNewestCheckpoint(request.outputs)!.metadata
    expect(training).toBe(createHash('sha256').update(all).digest('hex'))
  })

  it('takes no checkpoint of other settings for its own', async () => {
    const folder = temporaryFolder()
    await evaluate(job(folder, { epochs: 1 }), new Listener())
    const listener = new Listener()
    await evaluate(job(folder, { epochs: 1, lr: 0.01 }), listener)
    const steps = listener.messages.flatMap((message) =>
      message.type === 'metrics' ? message.points.map(({ step }) => step) : [],
    )
    expect(Math.min(...steps)).toBe(1)
  })

  it('says what to do when there are fewer videos than a batch', async () => {
    const request = job(temporaryFolder(), { batch: 7 })
    await expect(evaluate(request, new Listener())).rejects.toThrow('Choose a smaller batch')
  })
})
