import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
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

const folder = path.join(import.meta.dirname, '../../fixtures/golden')
const SIZE = 112
const FRAMES = 16
const CLIPS_SHAPE = [2, FRAMES, SIZE, SIZE, 3] as const

export function readGoldenNetwork(name: 'r2plus1d_18' | 'I3D'): GoldenNetwork {
  const text = gunzipSync(readFileSync(path.join(folder, 'networks.json.gz'))).toString()
  return (JSON.parse(text) as Record<string, GoldenNetwork>)[name]
}

/** The deterministic weights that the figures were computed with. */
export function goldenState(golden: GoldenNetwork): StateDict {
  return new Map(
    golden.parameters.map(([name, shape], k) => [name, { shape, data: values(name, shape, k) }]),
  )
}

function values(name: string, shape: number[], k: number): Float32Array {
  const length = shape.reduce((product, n) => product * n, 1)
  const wave = (i: number): number => Math.sin(0.7 * i + k)
  const amplitude = Math.sqrt(2 / (length / shape[0]))
  const at = (i: number): number => {
    if (shape.length > 1) return amplitude * wave(i)
    if (name.endsWith('running_mean')) return 0
    if (name.endsWith('running_var')) return 1
    return name.endsWith('bias') ? 0.1 * wave(i) : 1 + 0.1 * wave(i)
  }
  // A loop, since there are 30 million of them.
  const made = new Float32Array(length)
  for (let i = 0; i < length; i++) made[i] = at(i)
  return made
}

/** The batch of two, [vtest-a, tree], normalised; mirrored horizontally when asked. */
export function goldenClips(): Clips {
  const data = goldenFrames({ mirrored: false })
  for (let i = 0; i < data.length; i++)
    data[i] = (data[i] / 255 - kineticsScaling.mean[i % 3]) / kineticsScaling.deviation[i % 3]
  return { data, shape: CLIPS_SHAPE }
}

/** The same made by the engine, so that float64 does not see float32's rounding. */
export function goldenClipsTensor(engine: Engine, options: { mirrored: boolean }): Tensor {
  const rows = (values: readonly number[]): Tensor =>
    raw.concat(
      engine,
      values.map((value) => engine.reshape(engine.scalar(value), [1])),
      0,
    )
  const frames = engine.tensor(goldenFrames(options), CLIPS_SHAPE)
  const unit = raw.divide(engine, frames, engine.scalar(255))
  return raw.divide(
    engine,
    raw.subtract(engine, unit, rows(kineticsScaling.mean)),
    rows(kineticsScaling.deviation),
  )
}

/** Values from 0 to 255. */
function goldenFrames(options: { mirrored: boolean }): Float32Array {
  const each = FRAMES * SIZE * SIZE * 3
  const data = new Float32Array(2 * each)
  ;['vtest-a', 'tree'].forEach((name, b) => {
    const bytes = gunzipSync(readFileSync(path.join(folder, `${name}.bin.gz`)))
    for (let i = 0; i < each; i++) {
      const x = Math.floor(i / 3) % SIZE
      data[b * each + i] = bytes[options.mirrored ? i + 3 * (SIZE - 1 - 2 * x) : i]
    }
  })
  return data
}

/** queue[c, j] = sin(0.3 c + 1.1 j), columns at unit length; [128, columns] row by row. */
export function goldenQueue(columns: number): Float32Array {
  const size = 128
  const queue = new Float32Array(size * columns)
  for (let j = 0; j < columns; j++) {
    const column = Array.from({ length: size }, (_, c) => Math.sin(0.3 * c + 1.1 * j))
    const length = Math.hypot(...column)
    column.forEach((value, c) => (queue[c * columns + j] = value / length))
  }
  return queue
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
