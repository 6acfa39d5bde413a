import { formulaValues } from '#main/selftest/formulas.ts'
import { GOLDEN_SHAPE, goldenFrames, normalisedFrames, readPacked } from '#main/selftest/golden.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { raw } from '#main/trainer/engine/raw.ts'
import type { Tensor } from '#main/trainer/engine/tensor.ts'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { prefixed, type Learner } from '#main/trainer/methods/learner.ts'
import { encoderEntries, type Clips } from '#main/trainer/encoders/encoder.ts'
import { projectionHead, toReferenceHead } from '#main/trainer/networks/heads.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'

/** Figures of the reference implementation: see test/fixtures/README.md. */
export interface GoldenNetwork {
  parameters: [name: string, shape: number[]][]
  eval_features: number[][]
  eval_projection: number[][]
  train_features: number[][]
  moco: {
    queue_size: number
    temperature: number
    momentum: number
    loss_1: number
    loss_2: number
    loss: number
    gradient_l2: Record<string, number>
    sgd: { lr: number; momentum: number; weight_decay: number }
    parameter_l2_after_step: Record<string, number>
    queue_after: number[][]
  }
}

export function readGoldenNetwork(name: 'r2plus1d_18' | 'I3D'): GoldenNetwork {
  return readPacked<Record<string, GoldenNetwork>>('networks.json.gz')[name]
}

/** The deterministic weights that the figures were computed with. */
export function goldenState(golden: GoldenNetwork): StateDict {
  return new Map(
    golden.parameters.map(([name, shape], k) => [
      name,
      { shape, data: formulaValues('sine', { name, shape, k }) },
    ]),
  )
}

/** The batch of two, [vtest-a, tree], normalised. */
export function goldenClips(): Clips {
  return { data: normalisedFrames({ mirrored: false }), shape: GOLDEN_SHAPE }
}

/** The same made by the engine, so that float64 does not see float32's rounding. */
export function goldenClipsTensor(engine: Engine, options: { mirrored: boolean }): Tensor {
  const rows = (values: readonly number[]): Tensor =>
    raw.concat(
      engine,
      values.map((value) => engine.reshape(engine.scalar(value), [1])),
      0,
    )
  const frames = engine.tensor(goldenFrames(options), GOLDEN_SHAPE)
  const unit = raw.divide(engine, frames, engine.scalar(255))
  return raw.divide(
    engine,
    raw.subtract(engine, unit, rows(kineticsScaling.mean)),
    rows(kineticsScaling.deviation),
  )
}

/** queue[c, j] = sin(0.3 c + 1.1 j), columns at unit length; [128, columns] row by row. */
export function goldenQueue(columns: number): Float32Array {
  return formulaValues('queue', { name: 'queue', shape: [128, columns], k: 0 })
}

/** A state of the reference's model as that of our encoder and of its head. */
export function splitState(
  model: PretrainConfig['model'],
  given: StateDict,
): { encoder: StateDict; head: StateDict } {
  const encoder = new Map(encoderEntries(model).map(({ name }) => [name, given.get(name)!]))
  const rest = [...given].filter(([name]) => !encoder.has(name)).map(([, entry]) => entry)
  const { entries } = projectionHead({ model, projectionSize: 1 })
  return { encoder, head: new Map(entries.map(({ name }, i) => [name, rest[i]])) }
}

/** Puts a state of the reference's model into both encoders of a method's state. */
export function setNetworks(
  state: StateDict,
  model: PretrainConfig['model'],
  given: StateDict,
): void {
  for (const [part, entries] of Object.entries(splitState(model, given))) {
    for (const prefix of ['', 'ema.']) {
      prefixed(`${prefix}${part}.`, entries).forEach((entry, name) => state.set(name, entry))
    }
  }
}

/** Vectors [P] of encoder and head as named arrays, under the reference's names. */
export function namedVectors(
  { encoder, trained }: Learner,
  vectors: ReadonlyMap<string, Tensor>,
): StateDict {
  const named = (network: string): StateDict => {
    const weights = trained.get(network)!
    return weights.named(weights.engine.read(vectors.get(network)!))
  }
  return new Map([...named('encoder'), ...toReferenceHead(encoder.model, named('head'))])
}

/** |a - b| / |b| over whole arrays. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2
    norm += expected[i] ** 2
  }
  return Math.sqrt(difference / norm)
}

/** The L2 norm of every entry. */
export function norms(state: StateDict): Map<string, number> {
  return new Map([...state].map(([name, { data }]) => [name, normOf(data)]))
}

function normOf(data: Float32Array): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i] * data[i]
  return Math.sqrt(sum)
}
