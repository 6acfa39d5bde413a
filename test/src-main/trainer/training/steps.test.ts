// @module-tag tensorflow
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createEncoder, type Encoder } from '#main/trainer/encoders/encoder.ts'
import type { Tensor } from '#main/trainer/engine/tensor.ts'
import type {
  BatchPlace,
  Learned,
  Learner,
  Treatment,
  Views,
} from '#main/trainer/methods/learner.ts'
import { prefixed, unprefixed } from '#main/trainer/methods/learner.ts'
import { mlp } from '#main/trainer/networks/heads.ts'
import { Network } from '#main/trainer/networks/network.ts'
import type { StateDict, Weights } from '#main/trainer/networks/weights.ts'
import { Training, type TrainingConfig } from '#main/trainer/training/training.ts'
import { Rng } from '#shared/random/rng.ts'
import { placeOf } from '../method-defaults.ts'
import { hashes } from '../state-hashes.ts'

const config: TrainingConfig = {
  optimiser: 'sgd',
  momentum: 0.9,
  weightDecay: 0.1,
  decayVectors: true,
  clipNorm: 0,
}
const NETWORKS = ['first', 'second'] as const

/** What a micro-batch asks for: a constant gradient for some networks, or no update. */
interface Ask {
  gradients: Partial<Record<(typeof NETWORKS)[number], number>>
  skipUpdate?: string
}

/** Two linear layers whose gradients are given, so that every number of a step is known. */
class Given implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  readonly treatments: ReadonlyMap<string, Treatment>
  readonly begun: BatchPlace[] = []
  asked: Ask = { gradients: {} }
  private readonly engine: Engine
  private readonly parts: readonly Network[]

  constructor(engine: Engine, treatments: Record<string, Treatment> = {}) {
    this.engine = engine
    this.encoder = createEncoder(engine, { model: 'r2plus1d_narrow', seed: null })
    this.parts = NETWORKS.map((_, i) => new Network(engine, mlp(2, [{ outputs: 1 }]), new Rng(i)))
    this.trained = new Map(NETWORKS.map((name, i) => [name, this.parts[i].weights]))
    this.treatments = new Map(Object.entries(treatments))
  }

  begin(at: BatchPlace): void {
    this.begun.push(at)
  }

  learn(_views: Views, at: BatchPlace): Learned {
    const { engine, asked } = this
    const gradients = Object.entries(asked.gradients).map(([name, value]) => {
      return [name, engine.tensor(new Float32Array(3).fill(value), [3])] as const
    })
    const metrics = new Map<string, Tensor>([['loss', engine.scalar(at.batch)]])
    return { gradients: new Map(gradients), metrics, skipUpdate: asked.skipUpdate }
  }

  stateDict(): StateDict {
    return new Map(
      NETWORKS.flatMap((name, i) => [...prefixed(`${name}.`, this.parts[i].stateDict())]),
    )
  }

  loadState(state: StateDict): void {
    NETWORKS.forEach((name, i) => this.parts[i].loadStateDict(unprefixed(`${name}.`, state)))
  }

  dispose(): void {
    this.parts.forEach((part) => part.dispose())
    this.encoder.dispose()
  }
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

let training: Training | undefined
afterEach(() => training?.dispose())

function start(learner: Given, changes: Partial<TrainingConfig> = {}): Training {
  training = new Training(engine, learner, { ...config, ...changes })
  return training
}

function thetaOf({ learner }: Training, network: string): number[] {
  return engine.scope(() => [...engine.read(learner.trained.get(network)!.theta)])
}

/** One step of micro-batches, each with what it asks for. */
function step(on: Training, learner: Given, asks: readonly Ask[], at = 0, rates = [0.1]) {
  for (const asked of asks) {
    learner.asked = asked
    on.accumulate([], placeOf(at))
  }
  return on.finishStep(rates[0], rates[1])
}

describe('a step without an update', () => {
  it('moves nothing, neither by momentum nor by decay, and says why', () => {
    const learner = new Given(engine)
    const own = start(learner)
    step(own, learner, [{ gradients: { first: 1, second: 1 } }])
    const before = own.stateDict()
    const end = step(own, learner, [{ gradients: { first: 5 }, skipUpdate: 'of a reason' }], 1)
    expect(end).toEqual({ norm: null, skipped: 'of a reason' })
    expect(own.stateDict()).toEqual(before)
    expect(learner.begun).toHaveLength(2)
  })

  it('is asked for by one micro-batch of several', () => {
    const learner = new Given(engine)
    const own = start(learner)
    const before = own.stateDict()
    const asks = [{ gradients: {}, skipUpdate: 'early' }, { gradients: { first: 1 } }]
    expect(step(own, learner, asks).skipped).toBe('early')
    expect(own.stateDict()).toEqual(before)
  })
})

describe('a network without a gradient', () => {
  it('is left alone while the others move', () => {
    const learner = new Given(engine)
    const own = start(learner)
    step(own, learner, [{ gradients: { first: 1, second: 1 } }])
    const [first, second] = NETWORKS.map((name) => thetaOf(own, name))
    step(own, learner, [{ gradients: { first: 1 } }], 1)
    expect(thetaOf(own, 'first')).not.toEqual(first)
    expect(thetaOf(own, 'second')).toEqual(second)
  })

  it('keeps its sum where a later micro-batch of the step has no gradient for it', () => {
    const plain = { momentum: 0, weightDecay: 0 }
    const learner = new Given(engine)
    const own = start(learner, plain)
    const before = thetaOf(own, 'second')
    const end = step(own, learner, [{ gradients: { second: 4 } }, { gradients: { first: 2 } }])
    thetaOf(own, 'second').forEach((value, i) => expect(value).toBeCloseTo(before[i] - 0.2, 6))
    expect(end.norm).toBeCloseTo(Math.sqrt(3 * 2 ** 2 + 3 * 1 ** 2), 5)
  })

  it('counts its own steps, which a resumed run goes on from', () => {
    const adam = { optimiser: 'adam' } as const
    const [straight, resumed] = [new Given(engine), new Given(engine)]
    const [one, other] = [straight, resumed].map(
      (l) => new Training(engine, l, { ...config, ...adam }),
    )
    step(one, straight, [{ gradients: { first: 1 } }])
    step(one, straight, [{ gradients: { first: 1, second: 2 } }], 1)
    other.loadState(structuredClone(one.stateDict()))
    expect(one.stateDict().get('optimiser_steps.first')?.data[0]).toBe(2)
    expect(one.stateDict().get('optimiser_steps.second')?.data[0]).toBe(1)
    for (const [on, learner] of [
      [one, straight],
      [other, resumed],
    ] as const) {
      step(on, learner, [{ gradients: { first: -1, second: 3 } }], 2)
    }
    expect(hashes(other.stateDict())).toEqual(hashes(one.stateDict()))
    one.dispose()
    other.dispose()
    training = undefined
  })

  it('reads the one number of steps of older checkpoints', () => {
    const learner = new Given(engine)
    const own = start(learner, { optimiser: 'adam' })
    step(own, learner, [{ gradients: { first: 1, second: 1 } }])
    const state = new Map([...own.stateDict()].filter(([name]) => !/^optimiser_steps/.test(name)))
    own.loadState(state.set('optimiser_steps', { shape: [1], data: Float32Array.of(7) }))
    expect(own.stateDict().get('optimiser_steps.second')?.data[0]).toBe(7)
  })
})

describe('a network with a treatment of its own', () => {
  it('keeps the rate before the schedule where its rate is constant', () => {
    const learner = new Given(engine, { second: { constantRate: true } })
    const own = start(learner, { momentum: 0, weightDecay: 0 })
    const before = NETWORKS.map((name) => thetaOf(own, name))
    step(own, learner, [{ gradients: { first: 1, second: 1 } }], 0, [0.01, 0.5])
    const moved = NETWORKS.map((name, i) => before[i][0] - thetaOf(own, name)[0])
    expect(moved[0]).toBeCloseTo(0.01, 6)
    expect(moved[1]).toBeCloseTo(0.5, 6)
  })

  it('has a decay of its own, which goes before that of the run', () => {
    const rules = [{ matches: () => true, weightDecay: 0 }]
    const learner = new Given(engine, { second: { rules } })
    const own = start(learner, { momentum: 0 })
    const before = NETWORKS.map((name) => thetaOf(own, name))
    step(own, learner, [{ gradients: { first: 0, second: 0 } }], 0, [1])
    expect(thetaOf(own, 'first')[0]).toBeCloseTo(0.9 * before[0][0], 6)
    expect(thetaOf(own, 'second')).toEqual(before[1])
  })

  it('may give a rate alone and leave the decay of vectors to the run', () => {
    const rules = [{ matches: () => true, rate: 0.5 }]
    const learner = new Given(engine, { second: { rules } })
    const own = start(learner, { momentum: 0, decayVectors: false })
    const before = thetaOf(own, 'second') // Weight [2], bias [1]
    step(own, learner, [{ gradients: { second: 0 } }], 0, [1])
    const after = thetaOf(own, 'second')
    expect(after[0]).toBeCloseTo(0.95 * before[0], 6)
    expect(after[2]).toBe(before[2])
  })
})
