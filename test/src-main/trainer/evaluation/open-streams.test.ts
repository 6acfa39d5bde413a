// @module-tag tensorflow
import { beforeAll, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { fingerprint } from '#main/trainer/evaluation/feature-cache.ts'
import { openStreams } from '#main/trainer/evaluation/open-streams.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import { unprefixed } from '#main/trainer/methods/learner.ts'
import type { EvaluateJob } from '#main/trainer/process/messages.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { Listener } from '../tasks/listener.ts'
import { tinyConfig } from '../tiny-videos.ts'

const temporaryFolder = temporaryFolders()
const twin = tinyConfig({ method: 'coclr', merge: 'query', seed: 4 })
let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

function open(job: Partial<EvaluateJob>, stream: string) {
  const settings = completeSettings('knn', { stream })
  const list = { file: '', root: '' }
  const rest = { outputs: '', featureCache: '', classes: [], train: list, test: list }
  const whole = { kind: 'evaluate', protocol: 'knn', config: twin, folder: null } as const
  const opened = openStreams({ ...whole, ...rest, settings, ...job }, engine, new Listener())
  return opened.map(({ encoder, config }) => {
    const weights = fingerprint(encoder.stateDict())
    encoder.dispose()
    return { weights, modality: config.modality, merge: config.merge }
  })
}

it('takes the networks of a checkpoint by their streams', () => {
  const learner = createLearner(engine, twin)
  const folder = temporaryFolder()
  const tensors = learner.stateDict()
  saveCheckpoint(folder, 3, { tensors, metadata: { format: 'pt' } }, { keep: 1 })
  learner.dispose()
  const rgb = fingerprint(unprefixed('encoder.', tensors))
  const flow = fingerprint(unprefixed('flow.encoder.', tensors))
  expect(rgb).not.toBe(flow)
  const colours = { weights: rgb, modality: 'rgb', merge: 'query' }
  const motion = { weights: flow, modality: 'flow', merge: 'none' }
  expect(open({ folder }, 'rgb')).toEqual([colours])
  expect(open({ folder }, 'flow')).toEqual([motion])
  expect(open({ folder }, 'both')).toEqual([colours, motion])
})

it('draws random networks that differ, the first as it is drawn alone', () => {
  const [first, second] = open({}, 'both')
  expect(first.weights).not.toBe(second.weights)
  expect(open({}, 'rgb')).toEqual([first])
  expect(open({}, 'flow')).toEqual([second])
  const single = tinyConfig({ seed: 4 })
  expect(open({ config: single }, 'rgb')[0].weights).toBe(first.weights)
  expect(() => open({ config: single }, 'both')).toThrow('This encoder has one stream')
})

it('evaluates the network of a run on flow as before there was a choice', () => {
  const config = tinyConfig({ modality: 'flow', merge: 'none' })
  expect(open({ config }, 'rgb')).toMatchObject([{ modality: 'flow' }])
})
