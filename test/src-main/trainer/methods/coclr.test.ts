// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import type { BatchPlace } from '#main/trainer/methods/learner.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { rateInPhase } from '#main/trainer/optimisers/rate-in-phase.ts'
import { Training, type Metrics } from '#main/trainer/training/training.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { methodNamed } from '#shared/methods/index.ts'
import { phaseAt } from '#shared/methods/phases.ts'
import { Rng } from '#shared/random/rng.ts'
import { hashes, hashOf } from '../state-hashes.ts'

const [BATCH, STEPS] = [4, 20]
const config = completeConfig({
  method: 'coclr',
  model: 'r2plus1d_narrow',
  precision: 'float32',
  merge: 'none',
  frames: 2,
  size: 16,
  batch: BATCH,
  projectionSize: 16,
  queue: 2 * BATCH,
  topK: 2,
  cycles: 1,
  aloneShare: 0.4,
  optimiser: 'adam',
  lr: 1e-3,
  seed: 3,
})

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** As runs were before there was a choice. */
const older = { ...config, ...methodNamed('coclr').older }

/** As the authors' published code does before the queue is full. */
const trains = { ...config, beforeFull: 'train' as const }

const start = (of = config): Training => new Training(engine, createLearner(engine, of), of)

function placeOf(step: number, of = config): BatchPlace {
  const { phase, from } = phaseAt(of, step, STEPS)
  const { name, freshOptimiser } = phase
  const sources = Array.from({ length: BATCH }, (_, i) => (BATCH * step + i) % 24)
  return {
    step,
    steps: STEPS,
    batch: step,
    epoch: 0,
    phase: { name, from, freshOptimiser },
    sources,
  }
}

function viewsAt(step: number): Float32Array[] {
  const rng = new Rng(50 + step)
  const length = BATCH * config.frames * config.size ** 2 * 3
  return [0, 1, 2, 3].map(() => Float32Array.from({ length }, () => rng.normal()))
}

interface Step {
  metrics: Metrics
  skipped: string | null
}

interface Run {
  steps: Step[]
  /** Before the step of that number; `STEPS`: at the end. */
  states: Map<number, StateDict>
}

/** Where a phase begins, and the end. */
const BOUNDS = [0, 4, 8, 14, STEPS]
/** Where a run is stopped: at bounds, within phases and while a queue is not full. */
const STOPS = { new: [4, 6, 8, 9, 14, 18], older: [8, 9, 18] }

function train(training: Training, from: number, to: number, of = config): Step[] {
  return Array.from({ length: to - from }, (_, i) => {
    const step = from + i
    const metrics = training.accumulate(viewsAt(step), placeOf(step, of))
    const { skipped } = training.finishStep(rateInPhase(config, step, STEPS), config.lr)
    return { metrics, skipped }
  })
}

/** A whole run without a stop. Several tests look at the same one. */
function wholeRun(of: typeof config, stops: readonly number[]): Run {
  const training = start(of)
  const run: Run = { steps: [], states: new Map() }
  for (let step = 0; step < STEPS; step++) {
    if (stops.includes(step)) run.states.set(step, structuredClone(training.stateDict()))
    run.steps.push(...train(training, step, step + 1, of))
  }
  run.states.set(STEPS, structuredClone(training.stateDict()))
  training.dispose()
  return run
}

/** The steps in which mined positives were measured. */
function minedIn(steps: readonly Step[]): number[] {
  return steps.flatMap(({ metrics }, step) => ('mined' in metrics ? [step] : []))
}

/** Whether a tensor whose name begins so has moved. */
function differs(before: StateDict, after: StateDict, prefix: string): boolean {
  return [...after].some(([name, { data }]) => {
    const old = before.get(name)!.data
    return name.startsWith(prefix) && data.some((value, i) => value !== old[i])
  })
}

describe('the phases', () => {
  let whole: Record<keyof typeof STOPS, Run>
  beforeAll(() => {
    whole = {
      new: wholeRun(config, [...BOUNDS, ...STOPS.new]),
      older: wholeRun(older, STOPS.older),
    }
  })

  it('train one stream each, and leave the other as it is', () => {
    const [colours, flow] = ['encoder.', 'flow.encoder.']
    const { states } = whole.new
    const moved = BOUNDS.slice(1).map((end, i) => {
      const [before, after] = [states.get(BOUNDS[i])!, states.get(end)!]
      return [differs(before, after, colours), differs(before, after, flow)]
    })
    expect(moved).toEqual([
      [true, false],
      [false, true],
      [true, false],
      [false, true],
    ])
  })

  it('begin to mine with an empty queue, and update nothing until it is full', () => {
    const { steps } = whole.new
    const waiting = steps.flatMap(({ skipped }, step) => (skipped === null ? [] : [step]))
    expect(waiting).toEqual([8, 9, 14, 15])
    expect(minedIn(steps)).toEqual([10, 11, 12, 13, 16, 17, 18, 19])
  })

  it('can learn without mined positives until the queue is full', () => {
    const training = start(trains)
    const steps = train(training, 0, STEPS, trains)
    expect(steps.every(({ skipped }) => skipped === null)).toBe(true)
    expect(minedIn(steps)).toEqual([10, 11, 12, 13, 16, 17, 18, 19])
    training.dispose()
  })

  it('begin with optimisers that remember nothing and keys of the query encoder', () => {
    const [fresh, kept] = [start(), start(older)]
    for (const [training, of] of [
      [fresh, config],
      [kept, older],
    ] as const) {
      train(training, 0, 8, of)
      training.accumulate(viewsAt(8), placeOf(8, of))
    }
    const state = fresh.stateDict()
    const [first] = [...state.keys()].filter((name) => name.startsWith('gradient_mean.encoder.'))
    expect(state.get(first)!.data.every((value) => value === 0)).toBe(true)
    expect(state.get('optimiser_steps.encoder')!.data).toEqual(Float32Array.of(0))
    const weights = [...state.keys()].filter(
      (name) => name.startsWith('encoder.') && !name.includes('running'),
    )
    for (const name of weights)
      expect(hashOf(state.get(`ema.${name}`)!.data), name).toBe(hashOf(state.get(name)!.data))
    const before = kept.stateDict()
    expect(before.get(first)!.data.some((value) => value !== 0)).toBe(true)
    expect(before.get('optimiser_steps.encoder')!.data).toEqual(Float32Array.of(4))
    const differing = weights.filter((name) => {
      const own = before.get(name)!.data
      return before.get(`ema.${name}`)!.data.some((value, i) => value !== own[i])
    })
    expect(differing.length).toBeGreaterThan(0)
    fresh.dispose()
    kept.dispose()
  })

  it('of older runs update nothing until the queue is full', () => {
    const { steps } = whole.older
    const waiting = steps.flatMap(({ skipped }, step) => (skipped === null ? [] : [step]))
    expect(waiting).toEqual([8, 9, 14, 15])
    expect(minedIn(steps)).toEqual([10, 11, 12, 13, 16, 17, 18, 19])
  })

  it.each([
    ...STOPS.new.map((stop) => ({ name: 'new' as const, of: config, stop })),
    ...STOPS.older.map((stop) => ({ name: 'older' as const, of: older, stop })),
  ])('of a run with $name settings resume to the bit after step $stop', ({ name, of, stop }) => {
    const { steps, states } = whole[name]
    const resumed = start(of)
    resumed.loadState(states.get(stop)!)
    expect(train(resumed, stop, STEPS, of)).toEqual(steps.slice(stop))
    expect(hashes(resumed.stateDict())).toEqual(hashes(states.get(STEPS)))
    resumed.dispose()
  })
})

it('takes clips of the same recording as positives, and only while it mines', () => {
  const training = start()
  train(training, 0, 8)
  const alike = (step: number): BatchPlace => ({ ...placeOf(step), sources: [1, 1, 1, 1] })
  for (const step of [8, 9]) {
    training.accumulate(viewsAt(step), alike(step))
    training.finishStep(1e-3, 1e-3)
  }
  // Every entry is of that recording, so nothing is left to be told apart.
  const { loss } = training.accumulate(viewsAt(10), alike(10))
  expect(loss).toBeLessThan(0.2)
  training.dispose()
})
