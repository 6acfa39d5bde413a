// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import {
  EvaluationContext,
  type ContextOptions,
  type Split,
} from '#main/trainer/evaluation/context.ts'
import type { VideoFeatures } from '#main/trainer/evaluation/features.ts'
import type { TrainerVideo } from '#main/trainer/process/messages.ts'
import { createEncoder, type Encoder } from '#main/trainer/encoders/encoder.ts'
import { runners } from '#main/trainer/tasks/index.ts'
import known from '../../../fixtures/metrics/evaluation-streams.json' with { type: 'json' }
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { tinyConfig } from '../tiny-videos.ts'
import { Listener } from './listener.ts'

const temporaryFolder = temporaryFolders()
type Stream = keyof typeof known.streams

function videosOf(split: Split): TrainerVideo[] {
  return known.labels[split].map((label, id) => ({ id, path: `${split} ${id}`, frames: 2, label }))
}
const videos = { train: videosOf('train'), test: videosOf('test') }

/** Gives the features of the fixture, where an encoder would extract them. */
class KnownStream extends EvaluationContext {
  private readonly name: Stream
  private readonly unreadable: ReadonlySet<string>

  constructor(options: ContextOptions, name: Stream, unreadable: readonly string[]) {
    super({ ...options, stream: name })
    this.name = name
    this.unreadable = new Set(unreadable)
  }

  override async *features(split: Split): AsyncGenerator<VideoFeatures, void, undefined> {
    const { size, [split]: values } = known.streams[this.name]
    const length = known.clips * size
    for (const [index, video] of videos[split].entries()) {
      await Promise.resolve()
      if (this.unreadable.has(video.path)) continue
      const features = Float32Array.from(values.slice(index * length, (index + 1) * length))
      yield { video, index, features }
    }
  }
}

let engine: Engine
let encoder: Encoder
beforeAll(async () => {
  engine = await loadEngine('float32')
  const made = createEncoder(engine, tinyConfig())
  // The probe asks how long a feature vector is; the fixture's are short.
  encoder = Object.defineProperty(made, 'featureSize', { value: known.streams.rgb.size })
})

type Name = 'linear' | 'knn' | 'retrieval' | 'map'

/** @param unreadable paths of videos that cannot be read as flow */
async function evaluated(
  protocol: Name,
  settings: Record<string, unknown>,
  unreadable: readonly string[] = [],
  names: readonly Stream[] = ['rgb', 'flow'],
) {
  const outputs = temporaryFolder()
  const list = { file: '', root: '' }
  const port = new Listener()
  const options: ContextOptions = {
    job: {
      kind: 'evaluate',
      config: tinyConfig(),
      folder: null,
      outputs,
      featureCache: '',
      protocol,
      train: list,
      test: list,
      settings: completeSettings(protocol, { clips: known.clips, stream: 'both', ...settings }),
      classes: Array.from({ length: known.classes }, (_, i) => `class ${i}`),
    },
    ...{ engine, encoder, port, cache: null, videos },
  }
  const streams = names.map(
    (name) => new KnownStream(options, name, name === 'flow' ? unreadable : []),
  )
  const outcome = (await runners[protocol].run(new EvaluationContext({ ...options, streams })))!
  return { outcome, outputs }
}

async function answer(...given: Parameters<typeof evaluated>) {
  const { outcome, outputs } = await evaluated(...given)
  const lines = readFileSync(join(outputs, 'predictions.jsonl'), 'utf8').trim().split('\n')
  return { outcome, answers: lines.map((line) => JSON.parse(line) as PredictionLine) }
}

function expectShares(answers: readonly PredictionLine[], shares: readonly number[]): void {
  for (const [n, { top }] of answers.entries()) {
    for (const [label, share] of top) {
      expect(Math.abs(share - shares[n * known.classes + label])).toBeLessThan(1e-4)
    }
  }
}

describe('two streams together, against NumPy', () => {
  it.each(['logits', 'probabilities'] as const)(
    'answer with the mean of the probabilities of two probes, over clips by %s',
    async (average) => {
      const batch = videos.train.length * known.clips
      const { settings, [average]: expected } = known.linear
      const { outcome, answers } = await answer('linear', { ...settings, average, batch })
      expect(outcome.scores.top1).toBeCloseTo(expected.top1, 12)
      expect(outcome.scores.clipTop1).toBeCloseTo(expected.clipTop1, 12)
      expectShares(answers, expected.probabilities)
      expect(outcome.detail?.perClass.map((one) => one.videos)).toEqual([4, 4, 4])
    },
  )

  it('find the videos whose mean cosine is the highest', async () => {
    for (const centring of ['train', 'splits'] as const) {
      const expected = known.retrieval[centring]
      const unitClips = centring === 'splits'
      const { outcome, answers } = await answer('retrieval', { centring, unitClips })
      for (const [name, score] of Object.entries(expected.scores)) {
        expect(outcome.scores[name]).toBeCloseTo(score, 12)
      }
      expect(answers.map(({ near }) => near!.map(([row]) => row))).toEqual(expected.nearest)
      const cosines = answers.flatMap(({ near }) => near!.map(([, , cosine]) => cosine))
      cosines.forEach((cosine, i) => expect(cosine).toBeCloseTo(expected.cosines[i], 4))
    }
  })

  it('vote by their mean cosine', async () => {
    const { settings, top1, shares } = known.knn
    const { outcome, answers } = await answer('knn', settings)
    expect(outcome.scores.top1).toBeCloseTo(top1, 12)
    expectShares(answers, shares)
  })

  it('have the neighbours of their mean cosine on a map', async () => {
    const { neighbours, ...purity } = known.map
    const settings = { neighbours }
    const both = await evaluated('map', settings)
    expect(both.outcome.scores.purity).toBeCloseTo(purity.both, 12)
    for (const name of ['rgb', 'flow'] as const) {
      const { outcome } = await evaluated('map', settings, [], [name])
      expect(outcome.scores.purity).toBeCloseTo(purity[name], 12)
    }
    const fewer = await evaluated('map', settings, ['test 3', 'train 0'])
    expect(fewer.outcome).toMatchObject({ trainVideos: 13, testVideos: 11 })
  })

  it('differ from each stream alone on these videos', () => {
    const { alone, logits } = known.linear
    for (const { probabilities } of Object.values(alone)) {
      expect(probabilities).not.toEqual(logits.probabilities)
    }
  })

  it.each(['linear', 'knn', 'retrieval'] as const)(
    'leave out of %s what one of them cannot read',
    async (protocol) => {
      const settings = protocol === 'linear' ? { ...known.linear.settings, batch: 8 } : {}
      const { outcome, answers } = await answer(protocol, settings, ['test 3', 'train 0'])
      expect(outcome).toMatchObject({ trainVideos: 13, testVideos: 11 })
      expect(answers.map(({ video }) => video)).not.toContain(3)
      const near = answers.flatMap((one) => one.near ?? [])
      expect(near.map(([video]) => video)).not.toContain(0)
    },
  )
})
