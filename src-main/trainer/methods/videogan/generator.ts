import type { InputScaling } from '#shared/encoders/scaling.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../engine/engine.ts'
import { cast, sigmoid, tanh } from '../../engine/ops/elementwise.ts'
import { raw } from '../../engine/raw.ts'
import type { Tape } from '../../engine/tape.ts'
import type { Tensor } from '../../engine/tensor.ts'
import { Network, type OpenWeights, type RunMode } from '../../networks/network.ts'
import { generatorDesign, type GeneratorDesign, type GeneratorSize } from './networks.ts'

/** Clips that a generator made, and what they are made of, in the master type. */
export interface MadeParts {
  /** [B, T, S, S, 3] in [-1, 1]: mask * foreground + (1 - mask) * background. */
  clips: Tensor
  /** [B, T, S, S, 3] in [-1, 1] */
  foreground: Tensor
  /** [B, T, S, S, 1] in [0, 1] */
  mask: Tensor
  /** [B, 1, S, S, 3] in [-1, 1] */
  background: Tensor
}

/** Makes clips of noise: a moving foreground before a background that stands still. */
export class Generator {
  readonly network: Network
  private readonly design: GeneratorDesign

  constructor(engine: Engine, size: GeneratorSize, rng: Rng | null) {
    this.design = generatorDesign(size)
    const { entries, volume } = this.design
    this.network = new Network(engine, { entries, layer: volume }, rng)
  }

  /** @param noise [B, 1, 1, 1, Z], in the master type */
  run(tape: Tape, noise: Tensor, opened: OpenWeights, mode: RunMode): MadeParts {
    const { engine } = tape
    const { volume, foreground, mask, background } = this.design
    const part = (x: Tensor, layer: GeneratorDesign['volume']): Tensor =>
      cast(tape, this.network.run(tape, x, opened, mode, { layer }), engine.master)
    const [clips, front, share, back] = engine.scope(() => {
      const z = cast(tape, noise, engine.compute)
      const moving = this.network.run(tape, z, opened, mode, { layer: volume })
      const made = tanh(tape, part(moving, foreground))
      const visible = sigmoid(tape, part(moving, mask))
      const still = tanh(tape, part(z, background))
      return [composite(tape, visible, made, still), made, visible, still]
    })
    return { clips, foreground: front, mask: share, background: back }
  }
}

/** mask * foreground + (1 - mask) * background, whose one frame stands behind all. */
function composite(tape: Tape, mask: Tensor, front: Tensor, back: Tensor): Tensor {
  const { engine } = tape
  const rest = raw.subtract(engine, front, back)
  const y = raw.add(engine, back, raw.multiply(engine, mask, rest))
  return tape.record(y, [mask, front, back], [mask, rest], (dy) => {
    const visible = raw.multiply(engine, dy, mask)
    return [
      raw.sum(engine, raw.multiply(engine, dy, rest), [4], true),
      visible,
      raw.sum(engine, raw.subtract(engine, dy, visible), [1], true),
    ]
  })
}

/** From [-1, 1] to what an encoder takes. */
export function scaled(tape: Tape, x: Tensor, { mean, deviation }: InputScaling): Tensor {
  const { engine } = tape
  const vector = (of: (channel: number) => number): Tensor =>
    engine.tensor(Float32Array.from([0, 1, 2], of), [3])
  const factor = vector((c) => 0.5 / deviation[c])
  const offset = vector((c) => (0.5 - mean[c]) / deviation[c])
  const y = raw.add(engine, raw.multiply(engine, x, factor), offset)
  return tape.record(y, [x], [factor], (dy) => [raw.multiply(engine, dy, factor)])
}

/** The mean of all values. */
export function meanOf(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const axes = x.shape.map((_, axis) => axis)
  const count = x.shape.reduce((product, n) => product * n, 1)
  return tape.record(raw.mean(engine, x, axes), [x], [], (dy) => {
    const share = engine.reshape(
      raw.scale(engine, dy, 1 / count),
      x.shape.map(() => 1),
    )
    return [raw.broadcast(engine, share, x.shape)]
  })
}
