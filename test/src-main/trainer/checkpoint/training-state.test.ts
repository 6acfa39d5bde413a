import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadBestCheckpoint, loadNewestCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import type { StateDict } from '#main/trainer/checkpoint/safetensors.ts'
import { TrainingState } from '#main/trainer/checkpoint/training-state.ts'
import { MaskTally } from '#main/trainer/telemetry/mask-tally.ts'
import type { FromTrainer } from '#main/trainer/process/messages.ts'
import { tinyConfig } from '../tiny-videos.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fame-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Two weights, and a list of as many videos as asked for. */
function opened(videos = 8, sha256 = 'a', values: Record<string, unknown> = {}) {
  const weights: StateDict = new Map([
    ['encoder.w', { shape: [2], data: Float32Array.of(1, 2) }],
    ['ema.encoder.w', { shape: [1], data: Float32Array.of(3) }],
  ])
  const sent: FromTrainer[] = []
  const masks = new MaskTally((message) => sent.push(message))
  const state = new TrainingState({
    job: {
      kind: 'pretrain',
      folder,
      config: tinyConfig({ lr: 0.5, ...values }),
      videos: { file: '', root: '' },
      resume: true,
    },
    list: { videos: Array.from({ length: videos }, () => video), sha256 },
    trained: {
      stateDict: () => weights,
      loadState: (saved) => saved.forEach((tensor, name) => weights.set(name, tensor)),
    },
    masks,
    send: (message) => sent.push(message),
  })
  return { state, weights, masks, sent }
}
const video = { path: '/a.avi', frames: 20, label: 0 }

it('goes on from what was saved, and saves a step once', () => {
  const first = opened()
  expect(first.state.restore()).toBe(0)
  first.weights.get('encoder.w')!.data[0] = 7
  first.masks.add({ fame: 20, corrected: 3, approved: 2, redrawn: 1 })
  first.state.save(5)
  first.state.save(5)
  expect(first.sent).toMatchObject([{ type: 'checkpoint', step: 5 }])
  const second = opened()
  expect(second.state.restore()).toBe(5)
  expect(second.weights.get('encoder.w')?.data).toEqual(Float32Array.of(7, 2))
  expect(second.masks.total).toEqual({ fame: 20, corrected: 3, approved: 2, redrawn: 1 })
  second.state.save(5)
  expect(second.sent).toEqual([])
})

it.each([NaN, Infinity])('keeps the good checkpoint when a weight has become %d', (value) => {
  const { state, weights } = opened()
  state.save(5)
  weights.get('ema.encoder.w')!.data[0] = value
  expect(() => state.save(6)).toThrow(
    'The weights (ema.encoder.w) are no longer numbers at step 6; the checkpoint of step 5 is kept. ' +
      'Start a new run with a learning rate below 0.5.',
  )
  expect(loadNewestCheckpoint(folder)?.step).toBe(5)
})

it('calls that checkpoint the best whose interval had the least mean loss, once the queue is full', () => {
  // Batches of 4, so 8 keys a step: the queue of 8 is full after the first of these intervals.
  const { state } = opened(8, 'a', { checkpointEvery: 2, queue: 8, keepCheckpoints: 1 })
  const losses = [1, 1, 4, 2, 9, 1, 3, 4, 0.5]
  losses.forEach((loss, i) => {
    state.advance(loss)
    if (i % 2 === 1 || i === 8) state.save(i + 1)
  })
  expect(loadBestCheckpoint(folder)?.step).toBe(4)
  expect(loadNewestCheckpoint(folder)?.step).toBe(9)
})

it('does not keep what an older workbench scored before the queue was full', () => {
  const values = { checkpointEvery: 2, queue: 8, keepCheckpoints: 1 }
  opened(8, 'a', values).state.save(2)
  const manifest = join(folder, 'checkpoints', 'manifest.json')
  const [entry] = JSON.parse(readFileSync(manifest, 'utf8')) as object[]
  writeFileSync(manifest, JSON.stringify([{ ...entry, score: 0.1 }]))
  const { state } = opened(8, 'a', values)
  expect(state.restore()).toBe(2)
  for (let step = 3; step <= 6; step++) {
    state.advance(step)
    if (step % 2 === 0) state.save(step)
  }
  expect(loadBestCheckpoint(folder)?.step).toBe(4)
})

it('finds the same best checkpoint when a run was stopped within an interval', () => {
  const values = { checkpointEvery: 2, queue: 8, keepCheckpoints: 1 }
  let { state } = opened(8, 'a', values)
  const losses = [1, 1, 4, 2, 9, 1]
  losses.forEach((loss, i) => {
    state.advance(loss)
    const isStopped = i === 2
    if (i % 2 === 1 || isStopped) state.save(i + 1)
    if (isStopped) {
      state = opened(8, 'a', values).state
      expect(state.restore()).toBe(3)
    }
  })
  expect(loadBestCheckpoint(folder)?.step).toBe(4)
})

it('says when nothing is left of a run that has diverged', () => {
  const { state, weights } = opened()
  weights.get('encoder.w')!.data[1] = NaN
  expect(() => state.save(1)).toThrow('there is no earlier checkpoint')
  expect(loadNewestCheckpoint(folder)).toBeNull()
})

it('refuses to go on with other videos, and says how many there were', () => {
  opened(8, 'a').state.save(5)
  expect(() => opened(9, 'b').state.restore()).toThrow(/with 8 videos .* now has 9\. .*new run/)
  expect(() => opened(8, 'b').state.restore()).toThrow('now has 8 others')
})
