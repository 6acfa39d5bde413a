// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { METHODS, methodNamed, type MethodName } from '#shared/methods/index.ts'
import type { Values } from '#shared/methods/method.ts'
import { hasOpenMpi, onRanks } from './open-mpi.ts'
import { tinyConfig, trainShared, type SharedRun } from './share-run.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** The L2 norm of the difference, relative to that of what was expected. */
function difference(found: readonly number[], expected: readonly number[]): number {
  const of = (values: readonly number[]): number => Math.hypot(...values)
  return of(found.map((value, i) => value - expected[i])) / of(expected)
}

/** The largest difference, absolute below 1, else relative. */
function lossDifference(found: readonly number[], expected: readonly number[]): number {
  const each = found.map((value, i) => Math.abs(value - expected[i]) / Math.max(1, expected[i]))
  return Math.max(...each)
}

interface Case {
  name: string
  method: MethodName
  steps: number
  changes?: Values
  /** Of the update. Rounding alone makes as much, as between two sets of kernels. Default 1e-3. */
  tolerance?: number
}

/** Whose gradients nearly cancel on noise. */
const CANCELLING: readonly MethodName[] = ['rotation', 'frame-order', 'puzzle']

const each = METHODS.filter((method) => methodNamed(method).sharesBatches).map((method): Case => ({
  name: method,
  method,
  steps: 1,
  tolerance: CANCELLING.includes(method) ? 2e-2 : undefined,
}))

const variants = [
  {
    name: 'moco with keys shuffled over groups',
    method: 'moco',
    // A group of 8 for each process.
    changes: { shuffleBN: true, batch: 16 },
    steps: 1,
  },
  {
    name: 'moco with negatives of the batch',
    method: 'moco',
    changes: { negatives: 'batch' },
    steps: 1,
  },
  { name: 'moco with three clips a video', method: 'moco', changes: { rho: 3 }, steps: 1 },
  {
    name: 'be with another video as extra negative',
    method: 'be',
    changes: { extraNegative: 'other-video' },
    steps: 1,
  },
  {
    name: 'moco that clips its gradient',
    method: 'moco',
    changes: { clipNorm: 0.1 },
    steps: 1,
  },
  {
    name: 'moco that waits for its queue',
    method: 'moco',
    // Full after two steps, so that the third moves the weights.
    changes: { waitForQueue: true, lr: 1e-5 },
    steps: 3,
  },
  {
    name: 'swav that frees its prototypes',
    method: 'swav',
    // An epoch has two steps.
    changes: { frozenEpochs: 1, lr: 1e-5 },
    steps: 3,
    tolerance: 5e-3,
  },
  { name: 'jigsaw with AdamW', method: 'jigsaw', changes: { optimiser: 'adamw' }, steps: 1 },
] satisfies Case[] as Case[]

/**
 * Rates so low that a difference in the last bit of a gradient does not grow from step to step: with
 * those of the recipes it grows tenfold a step, between two sets of kernels as between two numbers of
 * processes.
 */
const long: Case[] = [
  { name: 'moco', method: 'moco', steps: 20, changes: { lr: 1e-6 } },
  { name: 'cvrl', method: 'cvrl', steps: 20, changes: { lr: 1e-8 } },
  { name: 'videomae', method: 'videomae', steps: 20 },
]

describe.skipIf(!hasOpenMpi)('two processes that share each batch (needs Open MPI)', () => {
  const cases = [...each, ...variants, ...long]
  const configs = cases.map(({ method, changes }) => tinyConfig(method, changes))
  let ranks: SharedRun[][]
  beforeAll(async () => {
    const trainings = configs.map((config, i) => [config, cases[i].steps])
    ranks = await onRanks<SharedRun[]>(2, 'share-program.ts', JSON.stringify(trainings))
  })

  const runOf = (i: number): [alone: SharedRun, shared: SharedRun] => {
    const [first, second] = ranks.map((runs) => runs[i])
    expect(first).toEqual(second)
    return [trainShared(engine, configs[i], cases[i].steps), first]
  }

  it.each([...each, ...variants].map(({ name }, i) => [name, i] as const))(
    'make the first steps of %s as one process does',
    (_, i) => {
      const [alone, shared] = runOf(i)
      expect(lossDifference(shared.losses, alone.losses)).toBeLessThan(1e-5)
      expect(difference(shared.update, alone.update)).toBeLessThan(cases[i].tolerance ?? 1e-3)
    },
  )

  it.each(long.map(({ name }, i) => [name, each.length + variants.length + i] as const))(
    'make 20 steps of %s with the losses of one process',
    (_, i) => {
      const [alone, shared] = runOf(i)
      expect(lossDifference(shared.losses, alone.losses)).toBeLessThan(1e-5)
    },
  )
})
