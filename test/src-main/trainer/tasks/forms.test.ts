// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { schedulesFor } from '#shared/tasks/schedules.ts'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import type { Protocol } from '#shared/tasks/index.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { EvaluationContext, type Outcome, type Split } from '#main/trainer/evaluation/context.ts'
import type { VideoFeatures } from '#main/trainer/evaluation/features.ts'
import type { PredictionLine } from '#shared/tasks/prediction-line.ts'
import { linear } from '#main/trainer/tasks/linear.ts'
import { retrieval } from '#main/trainer/tasks/retrieval.ts'
import { createEncoder } from '#main/trainer/encoders/encoder.ts'
import { evenlySpacedClips, referenceClips } from '#main/video/clip-sampling.ts'
import forms from '../../../fixtures/metrics/evaluation-forms.json' with { type: 'json' }
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { tinyConfig } from '../tiny-videos.ts'
import { Listener } from './listener.ts'

const temporaryFolder = temporaryFolders()
const { size, clips } = forms
let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** Gives the features of the fixture, where an encoder would extract them. */
class KnownFeatures extends EvaluationContext {
  override async *features(split: Split): AsyncGenerator<VideoFeatures, void, undefined> {
    const { clips: values, labels } = forms[split]
    const length = clips * size
    for (const [index, label] of labels.entries()) {
      const features = Float32Array.from(values.slice(index * length, (index + 1) * length))
      const video = { id: index, path: `${split} ${index}`, frames: 2, label }
      await Promise.resolve()
      yield { video, index, features }
    }
  }
}

async function run(protocol: 'linear' | 'retrieval', settings: Record<string, unknown>) {
  const outputs = temporaryFolder()
  const config = tinyConfig()
  const encoder = createEncoder(engine, config)
  const list = { file: '', root: '' }
  const context = new KnownFeatures({
    job: {
      kind: 'evaluate',
      config,
      folder: null,
      outputs,
      featureCache: '',
      protocol: protocol as Protocol,
      train: list,
      test: list,
      settings: completeSettings(protocol, { clips, ...settings }),
      classes: Array.from({ length: forms.classes }, (_, i) => `class ${i}`),
    },
    engine,
    encoder,
    port: new Listener(),
    cache: null,
    videos: { train: [], test: [] },
  })
  const { scores }: Outcome = (await (protocol === 'linear' ? linear : retrieval).run(context))!
  encoder.dispose()
  const lines = readFileSync(join(outputs, 'predictions.jsonl'), 'utf8').trim().split('\n')
  return { scores, answers: lines.map((line) => JSON.parse(line) as PredictionLine) }
}

describe('retrieval against NumPy', () => {
  it.each(['recommended', 'reference'] as const)('finds what the %s form finds', async (form) => {
    const { testClips, ...values } = Object.fromEntries(schedulesFor('retrieval'))[form].values
    expect(testClips).toBe(form === 'reference' ? 'reference' : undefined)
    const known = forms.retrieval[form]
    const { scores, answers } = await run('retrieval', values)
    for (const [name, score] of Object.entries(known.scores)) {
      expect(scores[name]).toBeCloseTo(score, 12)
    }
    expect(answers.map(({ near }) => near!.map(([row]) => row))).toEqual(known.nearest)
    const cosines = answers.flatMap(({ near }) => near!.map(([, , cosine]) => cosine))
    cosines.forEach((cosine, i) => expect(cosine).toBeCloseTo(known.cosines[i], 4))
  })

  it('tells the two forms apart on these videos', () => {
    expect(forms.retrieval.reference.scores).not.toEqual(forms.retrieval.recommended.scores)
  })
})

describe('a linear probe against NumPy', () => {
  it.each(forms.linear)('answers alike: $settings', async ({ settings, top1, probabilities }) => {
    const batch = forms.train.labels.length * clips
    const { scores, answers } = await run('linear', { ...settings, batch })
    expect(scores.top1).toBeCloseTo(top1, 12)
    for (const [n, { top }] of answers.entries()) {
      for (const [label, share] of top) {
        expect(Math.abs(share - probabilities[n * forms.classes + label])).toBeLessThan(1e-4)
      }
    }
  })
})

describe('the clips of a video', () => {
  it.each(forms.starts)('of $frames frames start as in the reference', (known) => {
    const shape = { frames: 16, stride: 2 }
    const found = referenceClips(known.frames, known.clips, shape)
    expect(found.map(([start]) => start)).toEqual(known.starts)
    expect(found[0]).toHaveLength(16)
  })

  it('are left out where the reference has none', () => {
    const shape = { frames: 16, stride: 2 }
    expect(() => referenceClips(31, 10, shape)).toThrow('does not test videos with fewer than 32')
    expect(evenlySpacedClips(31, 10, shape)).toHaveLength(10)
  })
})
