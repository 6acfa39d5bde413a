// @module-tag tensorflow
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { normalizeRows } from '#main/trainer/engine/ops/normalize.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { unprefixed, type Learned } from '#main/trainer/methods/learner.ts'
import { Moco, type DirectionLosses, type MocoConfig } from '#main/trainer/methods/moco.ts'
import { Projector } from '#main/trainer/methods/projector.ts'
import { weightsRng, type Encoder } from '#main/trainer/encoders/encoder.ts'
import { projectionHead, toReferenceHead } from '#main/trainer/networks/heads.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training } from '#main/trainer/training/training.ts'
import { mocoSettings } from '#shared/methods/moco.ts'
import { defaultsOf, placeOf } from '../method-defaults.ts'
import {
  goldenClips,
  goldenClipsTensor,
  goldenQueue,
  goldenState,
  namedVectors,
  norms,
  readGoldenNetwork,
  relativeError,
  setNetworks,
  splitState,
} from '../golden-networks.ts'

/** float32 against float64 figures. */
const TOLERANCE = 1e-3
/**
 * Median error of the golden gradients' norms in float32. The step is badly conditioned: layer 4
 * normalises over 16 numbers, which turns rounding of 1e-7 into per cent. PyTorch's own median is
 * 0.017 for R(2+1)D-18, ours 0.018 on a processor with AMX and 0.064 with TensorFlow's convolutions for AVX2,
 * which round more. A wrong gradient is found by the same figures in float64, each within 1e-3.
 */
const FLOAT32_MEDIAN = 0.1

const cases = [
  ['r2plus1d_18', 'r2plus1d_18'],
  ['i3d', 'I3D'],
] as const

let single: Engine
beforeAll(async () => {
  single = await loadEngine('float32')
})

/** MoCo on the golden clips, which the engine makes itself; keeps what it gives. */
class GoldenStep extends Moco {
  losses: readonly number[] = []
  gradients: StateDict = new Map()
  private readonly on: Engine

  constructor(engine: Engine, config: MocoConfig) {
    super(engine, config)
    this.on = engine
  }

  override learn(): Learned & DirectionLosses {
    const [x1, x2] = [false, true].map((mirrored) => goldenClipsTensor(this.on, { mirrored }))
    const learned = this.contrast([x1, x2])
    this.losses = learned.losses.map((loss) => this.on.read(loss)[0])
    this.gradients = namedVectors(this, learned.gradients)
    return learned
  }
}

describe.each(cases)('%s against the reference', (model, reference) => {
  const golden = readGoldenNetwork(reference)
  const given = goldenState(golden)
  const clips = goldenClips()

  function projectorOf(engine: Engine): Projector {
    const projector = new Projector(
      engine,
      { model, head: projectionHead({ model, projectionSize: 128 }) },
      weightsRng(1),
    )
    const { encoder, head } = splitState(model, given)
    projector.encoder.loadStateDict(encoder)
    projector.head.loadStateDict(head)
    return projector
  }

  function stateOf({ encoder, head }: Projector): StateDict {
    return new Map([...encoder.stateDict(), ...toReferenceHead(model, head.stateDict())])
  }

  /** In evaluation mode; at unit length for I3D, whose head ends so in the reference. */
  function projectionsOf(projector: Projector): Float32Array {
    const { engine } = projector.encoder
    return engine.scope(() => {
      const tape = new Tape(engine)
      const x = engine.tensor(clips.data, clips.shape)
      const y = projector.run(tape, x, projector.open(), 'evaluate')
      return engine.read(model === 'i3d' ? normalizeRows(tape, y) : y).slice()
    })
  }

  describe('forward', () => {
    let projector: Projector
    let encoder: Encoder
    beforeAll(() => {
      projector = projectorOf(single)
      encoder = projector.encoder
    })
    afterAll(() => projector.dispose())

    it('has the names and shapes of the reference, in its order', () => {
      const state = [...stateOf(projector)].map(([name, { shape }]) => [name, shape])
      expect(state).toEqual(golden.parameters)
    })

    it('gives back the state that it was given', () => {
      const state = stateOf(projector)
      const changed = [...given].filter(
        ([name, { data }]) => !data.every((value, i) => state.get(name)!.data[i] === value),
      )
      expect(changed.map(([name]) => name)).toEqual([])
    })

    it('gives the features and projections of evaluation mode', () => {
      const features = encoder.forwardFeatures(clips)
      const projection = projectionsOf(projector)
      expect(relativeError(features, golden.eval_features.flat())).toBeLessThan(TOLERANCE)
      expect(relativeError(projection, golden.eval_projection.flat())).toBeLessThan(TOLERANCE)
    })

    it('gives the features of training mode', () => {
      const features = encoder.forwardFeatures(clips, { training: true })
      expect(relativeError(features, golden.train_features.flat())).toBeLessThan(TOLERANCE)
    })
  })

  it('stays near in bfloat16', async () => {
    const half = await loadEngine('bfloat16')
    const projector = projectorOf(half)
    const features = projector.encoder.forwardFeatures(clips)
    const projection = projectionsOf(projector)
    projector.dispose()
    expect(relativeError(features, golden.eval_features.flat())).toBeLessThan(5e-2)
    expect(relativeError(projection, golden.eval_projection.flat())).toBeLessThan(5e-2)
  })

  // These gradients are so badly conditioned that rounding the clips to float32 moves some by 2 %,
  // and PyTorch's own float32 is off its float64 by 1.7 % in the median. In float64 every one agrees.
  describe.each(['float32', 'float64'])('one symmetric MoCo step in %s', (precision) => {
    const { moco: figures } = golden
    const exact = precision === 'float64'
    let result: { loss: number; loss1: number; loss2: number }
    let gradients: Map<string, number>
    let parameters: Map<string, number>
    let after: StateDict

    beforeAll(() => {
      const engine = exact ? single.inDoublePrecision() : single
      const moco = new GoldenStep(engine, config)
      const { sgd } = figures
      const training = new Training(engine, moco, {
        optimiser: 'sgd',
        momentum: sgd.momentum,
        weightDecay: sgd.weight_decay,
        decayVectors: true,
        clipNorm: 0,
      })
      training.loadState(startOf(training.stateDict()))
      const { loss } = training.accumulate([], placeOf(0, 1))
      training.finishStep(sgd.lr)
      result = { loss, loss1: moco.losses[0], loss2: moco.losses[1] }
      gradients = norms(moco.gradients)
      after = training.stateDict()
      const head = toReferenceHead(model, unprefixed('head.', after))
      parameters = norms(new Map([...unprefixed('encoder.', after), ...head]))
      training.dispose()
    }, 900_000)

    const config: MocoConfig = {
      ...defaultsOf(mocoSettings),
      model,
      projectionSize: 128,
      frames: 16,
      size: 112,
      queue: figures.queue_size,
      temperature: figures.temperature,
      keyMomentum: figures.momentum,
      keyMomentumSchedule: 'constant',
      seed: 1,
      shuffleBN: false,
      headStart: 'reference',
    }

    /** The state of the golden step's start. */
    function startOf(state: StateDict): StateDict {
      setNetworks(state, model, given)
      state.get('queue')?.data.set(goldenQueue(figures.queue_size))
      return state
    }

    it('gives the losses of both directions', () => {
      expect(relativeError([result.loss1], [figures.loss_1])).toBeLessThan(TOLERANCE)
      expect(relativeError([result.loss2], [figures.loss_2])).toBeLessThan(TOLERANCE)
      expect(relativeError([result.loss], [figures.loss])).toBeLessThan(TOLERANCE)
    })

    it('gives the norm of every gradient', () => {
      expect([...gradients.keys()]).toEqual(Object.keys(figures.gradient_l2))
      const errors = Object.entries(figures.gradient_l2)
        .map(([name, norm]) => ({ name, error: relativeError([gradients.get(name)!], [norm]) }))
        .sort((a, b) => a.error - b.error)
      const wrong = errors.filter(({ error }) => error > TOLERANCE)
      if (exact) expect(wrong).toEqual([])
      else expect(errors[errors.length >> 1].error).toBeLessThan(FLOAT32_MEDIAN)
    })

    it('gives the norm of every parameter after SGD', () => {
      const wrong = Object.entries(figures.parameter_l2_after_step).filter(
        ([name, norm]) => relativeError([parameters.get(name)!], [norm]) > 1e-5,
      )
      expect(wrong.map(([name, norm]) => [name, norm, parameters.get(name)])).toEqual([])
    })

    it('leaves the keys of both directions in the queue', () => {
      const queue = after.get('queue')!.data
      const size = figures.queue_size
      figures.queue_after.forEach((column, j) => {
        const ours = column.map((_, c) => queue[c * size + j])
        expect(relativeError(ours, column)).toBeLessThan(TOLERANCE)
      })
      expect(after.get('pointer')!.data[0]).toBe(4)
    })
  })
})
