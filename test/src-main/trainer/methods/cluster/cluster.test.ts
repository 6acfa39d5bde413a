// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createLearner, learnerSize } from '#main/trainer/methods/index.ts'
import type { BatchPlace } from '#main/trainer/methods/learner.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training, type Metrics } from '#main/trainer/training/training.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { Rng } from '#shared/random/rng.ts'
import { hashes } from '../../state-hashes.ts'

const [VIDEOS, BATCH, STEPS] = [12, 6, 8]
const config = completeConfig({
  method: 'cluster',
  model: 'r2plus1d_narrow',
  precision: 'float32',
  frames: 2,
  size: 16,
  batch: BATCH,
  lr: 0.01,
  weightDecay: 0,
  clusters: 3,
  rho: 2,
  seed: 5,
})

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

const start = (of = config): Training => new Training(engine, createLearner(engine, of), of)
const always = (): Promise<boolean> => Promise.resolve(true)

/** Two steps an epoch, each with the other six of the twelve videos. */
function placeOf(step: number): BatchPlace {
  const videos = Array.from({ length: BATCH }, (_, i) => (BATCH * step + i) % VIDEOS)
  return { step, steps: STEPS, batch: step, epoch: Math.floor(step / 2), videos }
}

/** Videos of three kinds, each of another colour. */
function viewsAt(step: number): Float32Array[] {
  const length = config.frames * config.size ** 2 * 3
  return [0, 1].map((view) => {
    const clips = Array.from(placeOf(step).videos!, (video) => {
      const rng = new Rng(1000 * step + 10 * video + view)
      return Array.from({ length }, (_, i) => {
        return (i % 3 === video % 3 ? 2 : 0) + 0.1 * rng.normal()
      })
    })
    return Float32Array.from(clips.flat())
  })
}

async function train(training: Training, from: number, to: number): Promise<Metrics[]> {
  const steps: Metrics[] = []
  for (let step = from; step < to; step++) {
    expect(await training.prepare(placeOf(step), always)).toBe(true)
    steps.push(training.accumulate(viewsAt(step), placeOf(step)))
    training.finishStep(0.01)
  }
  return steps
}

function dataOf(state: StateDict, name: string): number[] {
  return [...state.get(name)!.data]
}

/** Videos of each cluster, from their labels. */
function sizes(training: Training): number[] {
  const labels = dataOf(training.stateDict(), 'clusters.labels')
  expect(labels).toHaveLength(VIDEOS)
  return [0, 1, 2].map((cluster) => labels.filter((label) => label === cluster).length)
}

describe('clustering', () => {
  it('begins after an epoch that trains nothing, and gives every video a cluster', async () => {
    const training = start()
    const before = training.stateDict()
    const collecting = await train(training, 0, 2)
    for (const step of collecting) expect(Object.keys(step)).toEqual(['loss'])
    const after = training.stateDict()
    expect(dataOf(after, 'head.0.weight')).toEqual(dataOf(before, 'head.0.weight'))
    expect(after.get('bank.videos')!.data).toHaveLength(VIDEOS)
    const [first] = await train(training, 2, 3)
    expect(first).toMatchObject({ emptyClusters: 0, chance: Math.fround(1 / 3) })
    expect(first).not.toHaveProperty('nmi')
    expect(first.largestCluster).toBeCloseTo(Math.max(...sizes(training)) / VIDEOS, 6)
    expect(sizes(training)).toHaveLength(3)
    await train(training, 3, 4)
    const [second] = await train(training, 4, 5)
    expect(second.nmi).toBeGreaterThan(0)
    expect(second.nmi).toBeLessThanOrEqual(1)
    training.dispose()
  })

  it('starts the classifier and its optimiser anew', async () => {
    const training = start()
    await train(training, 0, 4)
    const before = training.stateDict()
    expect(await training.prepare(placeOf(4), always)).toBe(true)
    const after = training.stateDict()
    expect(dataOf(after, 'head.0.weight')).not.toEqual(dataOf(before, 'head.0.weight'))
    expect(dataOf(after, 'head.0.bias').every((value) => value === 0)).toBe(true)
    const [momentum] = [...after.keys()].filter((name) => name.endsWith('.head.0.weight'))
    expect(dataOf(before, momentum).some((value) => value !== 0)).toBe(true)
    expect(dataOf(after, momentum).every((value) => value === 0)).toBe(true)
    const kept = [...after.keys()].filter((name) => name.includes('encoder.'))
    const partsOf = (state: StateDict): StateDict =>
      new Map(kept.map((name) => [name, state.get(name)!]))
    expect(hashes(partsOf(after))).toEqual(hashes(partsOf(before)))
    training.dispose()
  })

  it('that is stopped in the middle changes nothing, and is made again to the bit', async () => {
    const straight = start()
    await train(straight, 0, 4)
    const saved = structuredClone(straight.stateDict())
    let asked = 0
    const stops = (): Promise<boolean> => Promise.resolve(++asked < 3)
    expect(await straight.prepare(placeOf(4), stops)).toBe(false)
    expect(hashes(straight.stateDict())).toEqual(hashes(saved))
    const rest = await train(straight, 4, STEPS)
    const resumed = start()
    resumed.loadState(saved)
    expect(await train(resumed, 4, STEPS)).toEqual(rest)
    expect(hashes(resumed.stateDict())).toEqual(hashes(straight.stateDict()))
    straight.dispose()
    resumed.dispose()
  })

  it.each([
    { clusterEvery: 1, begins: [0, 2, 4, 6], wanted: [null, 2, 4, 6] },
    { clusterEvery: 2, begins: [0, 2, 4, 6], wanted: [null, 2, 4, 6] },
    { clusterEvery: 4, begins: [0, 2, 4, 6, 9], wanted: [null, 2, 2, 6, 9] },
    { clusterEvery: 2, begins: [0, 1, 2, 3, 4, 5], wanted: [null, 1, 1, 3, 3, 5] },
  ])(
    'is missed by no step that takes epochs together: $clusterEvery, $begins',
    async ({ clusterEvery, begins, wanted }) => {
      const training = start({ ...config, clusterEvery })
      const clusteredAt: (number | null)[] = []
      for (const epoch of begins) {
        expect(await training.prepare({ ...placeOf(0), epoch }, always)).toBe(true)
        const place = (batch: number) => ({ ...placeOf(batch), epoch: epoch + batch / 2 })
        for (const batch of [0, 1, 2, 3]) {
          training.accumulate(viewsAt(batch), place(batch))
        }
        const { skipped } = training.finishStep(0.01)
        expect(skipped === null).toBe(epoch > 0)
        const [at] = dataOf(training.learner.stateDict(), 'clusters.figures')
        clusteredAt.push(at === -1 ? null : at)
      }
      expect(clusteredAt).toEqual(wanted)
      training.dispose()
    },
  )

  it('is made once an epoch, also where a run goes on within it', async () => {
    const straight = start()
    await train(straight, 0, 3)
    const saved = structuredClone(straight.stateDict())
    const rest = await train(straight, 3, STEPS)
    const resumed = start()
    resumed.loadState(saved)
    expect(await train(resumed, 3, STEPS)).toEqual(rest)
    expect(hashes(resumed.stateDict())).toEqual(hashes(straight.stateDict()))
    straight.dispose()
    resumed.dispose()
  })

  it('takes as much more of a checkpoint as its size says', async () => {
    const training = start()
    const count = (): number =>
      [...training.learner.stateDict().values()].reduce((sum, { data }) => sum + data.length, 0)
    await train(training, 0, 3)
    const { state, perVideo } = learnerSize(config)
    expect(count()).toBe(state + VIDEOS * perVideo!)
    training.dispose()
  })

  it('refuses the state of another number of clusters', async () => {
    const [training, other] = [start(), start({ ...config, clusters: 4 })]
    await train(training, 0, 3)
    const state = new Map(training.stateDict())
    for (const name of ['head.0.weight', 'head.0.bias']) {
      state.set(name, other.stateDict().get(name)!)
    }
    expect(() => other.learner.loadState(state)).toThrow(/no 4 clusters/)
    training.dispose()
    other.dispose()
  })
})
