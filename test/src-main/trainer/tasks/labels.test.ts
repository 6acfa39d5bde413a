// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { drawSpread } from '#shared/report/scores.ts'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createEncoder } from '#main/trainer/encoders/encoder.ts'
import { EvaluationContext, type Outcome, type Split } from '#main/trainer/evaluation/context.ts'
import type { VideoFeatures } from '#main/trainer/evaluation/features.ts'
import { drawnVideos, labelDraws } from '#main/trainer/evaluation/label-draws.ts'
import { probeLearningRate } from '#main/trainer/tasks/linear/learning-rate.ts'
import { linear } from '#main/trainer/tasks/linear.ts'
import known from '../../../fixtures/metrics/evaluation-labels.json' with { type: 'json' }
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { tinyConfig } from '../tiny-videos.ts'
import { Listener } from './listener.ts'

const temporaryFolder = temporaryFolders()
const { size, clips, crops } = known
let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

const listed = (split: Split) =>
  known[split].labels.map((label, id) => {
    const name = split === 'train' ? known.names[id] : `test/${id}.avi`
    return { id, path: `/videos/${name}`, frames: 2, label }
  })

/** Gives the features of the fixture, where an encoder would extract them. */
class KnownFeatures extends EvaluationContext {
  override async *features(split: Split): AsyncGenerator<VideoFeatures, void, undefined> {
    const length = clips * crops * size
    for (const [index, video] of this.videos[split].entries()) {
      const from = video.id! * length
      const features = Float32Array.from(known[split].clips.slice(from, from + length))
      await Promise.resolve()
      yield { video, index, features }
    }
  }
}

async function run(settings: Record<string, unknown>) {
  const outputs = temporaryFolder()
  const config = tinyConfig()
  const encoder = createEncoder(engine, config)
  const list = { file: '', root: '/videos' }
  const job = {
    ...({ kind: 'evaluate', protocol: 'linear', folder: null, featureCache: '' } as const),
    ...{ config, outputs, train: list, test: list },
    settings: completeSettings('linear', { clips, crops, batch: 4096, ...settings }),
    classes: Array.from({ length: known.classes }, (_, i) => `class ${i}`),
  }
  const train = listed('train')
  const draws = labelDraws(train, job)
  const videos = { train: drawnVideos(train, draws), test: listed('test') }
  const parts = { job, engine, encoder, port: new Listener(), cache: null, videos, draws }
  const outcome: Outcome = (await linear.run(new KnownFeatures(parts)))!
  encoder.dispose()
  const lines = readFileSync(join(outputs, 'predictions.jsonl'), 'utf8').trim().split('\n')
  return { outcome, answers: lines.map((line) => JSON.parse(line) as PredictionLine) }
}

function expectProbabilities(answers: PredictionLine[], expected: number[]): void {
  for (const [n, { top }] of answers.entries()) {
    for (const [label, share] of top) {
      expect(Math.abs(share - expected[n * known.classes + label])).toBeLessThan(2e-4)
    }
  }
}

describe('a linear probe on a part of the labels', () => {
  const { settings, weightDecay, top1, interval, probabilities } = known.draws
  const converged = { standardise: 'none', normalise: true, lr: 1, epochs: 600, weightDecay }

  it('comes to the minimum that scikit-learn finds on each draw, with its interval', async () => {
    const { outcome, answers } = await run({ ...settings, ...converged })
    expect(outcome.draws!.top1).toHaveLength(top1.length)
    outcome.draws!.top1.forEach((score, draw) => expect(score).toBeCloseTo(top1[draw], 10))
    const mean = top1.reduce((sum, score) => sum + score, 0) / top1.length
    expect(outcome.scores.top1).toBeCloseTo(mean, 10)
    const spread = drawSpread('top1', outcome)!
    spread.interval.forEach((bound, i) => expect(bound).toBeCloseTo(interval[i], 4))
    expect(outcome).toMatchObject({ trainVideos: 6, testVideos: 30 })
    // What is stored of each video is what the first draw answers.
    expectProbabilities(answers, probabilities)
    const right = answers.filter(({ truth, top }) => top[0][0] === truth).length
    expect(right / answers.length).toBeCloseTo(top1[0], 10)
  })

  it('of one draw is the first of several with the same seed, and has no interval over draws', async () => {
    const { outcome } = await run({ ...settings, ...converged, labelDraws: 1 })
    expect(outcome.draws).toBeUndefined()
    expect(outcome.scores.top1).toBeCloseTo(top1[0], 10)
    expect(drawSpread('top1', outcome)).toBeNull()
  })
})

describe('many views of a video', () => {
  it('are answered by the mean of their probabilities, as NumPy computes it', async () => {
    const { multiview } = Object.fromEntries(schedulesFor('linear'))
    const { values } = multiview
    expect(values).toMatchObject({ clips: 10, crops: 3, average: 'probabilities', normalise: true })
    const own = { ...values, trainClips: 'centre', clips, crops, batch: 4096 }
    const { outcome, answers } = await run({ ...own, ...known.views.settings })
    expect(outcome.scores.top1).toBeCloseTo(known.views.top1, 12)
    expectProbabilities(answers, known.views.probabilities)
  })
})

it('raises the learning rate along a line through the warm-up, then lowers it', () => {
  const settings = completeSettings('linear', { lr: 8, warmup: 2, epochs: 6 })
  const rates = Array.from({ length: 12 }, (_, step) =>
    probeLearningRate(settings, { step, steps: 12, epoch: Math.floor(step / 2) }),
  )
  expect(rates.slice(0, 4)).toEqual([2, 4, 6, 8])
  const cosine = (past: number): number => 4 * (1 + Math.cos((Math.PI * past) / 8))
  rates.slice(4).forEach((rate, i) => expect(rate).toBeCloseTo(cosine(i), 12))
})
