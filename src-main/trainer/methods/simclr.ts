import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { simclrSettings } from '#shared/methods/simclr.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { ntXent } from '../objectives/nt-xent.ts'
import { spreadOf } from '../objectives/spread.ts'
import type { Learned, Learner, MethodImplementation, Views } from './learner.ts'
import { Projector, projectorSize } from './projector.ts'

export type SimclrConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof simclrSettings>

/**
 * SimCLR (Chen et al., ICML 2020): all clips of a batch go through one encoder and its head in one
 * pass, with common batch statistics.
 */
export class Simclr implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: SimclrConfig
  private readonly projector: Projector

  constructor(engine: Engine, config: SimclrConfig) {
    const { model, projectionSize, seed } = config
    const size = { model, projectionSize, headStart: 'uniform' } as const
    this.engine = engine
    this.config = config
    this.projector = new Projector(engine, size, weightsRng(seed))
    this.encoder = this.projector.encoder
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
    ])
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @param views two clips of each video */
  learn(views: Views): Learned {
    const { engine, projector } = this
    const opened = projector.open()
    const leaves = { encoder: [...opened.encoder.values()], head: [...opened.head.values()] }
    const tape = new Tape(engine)
    tape.watch([...leaves.encoder, ...leaves.head])
    const x = raw.concat(
      engine,
      views.map((view) => this.clips(view)),
      0,
    ) // [2B, T, H, W, 3]
    const z = normalizeRows(tape, projector.run(tape, x, opened, 'train')) // [2B, D]
    const { loss, hits, hits5, positive, negative } = ntXent(tape, z, this.config.temperature)
    const sums = tape.backward(loss, engine.scalar(1))
    const flatten = (part: 'encoder' | 'head'): Tensor =>
      projector[part].weights.flatten(leaves[part].map((leaf) => sums.get(leaf)!))
    const gradients = new Map((['encoder', 'head'] as const).map((part) => [part, flatten(part)]))
    sums.forEach((held) => engine.release(held))
    const metrics = new Map([
      ['loss', loss],
      ['accuracy', raw.mean(engine, hits, [0])],
      ['top5', raw.mean(engine, hits5, [0])],
      ['positive', positive],
      ['negative', negative],
      ['spread', spreadOf(engine, z)],
    ])
    return { gradients, metrics }
  }

  stateDict(): StateDict {
    return this.projector.stateDict()
  }

  /** @throws StateError when the state is of another encoder or projection size. */
  loadState(state: StateDict): void {
    this.projector.loadStateDict(state)
  }

  dispose(): void {
    this.projector.dispose()
  }

  private clips(data: Float32Array): Tensor {
    const { frames, size } = this.config
    const batch = data.length / (frames * size * size * 3)
    return this.engine.tensor(data, [batch, frames, size, size, 3])
  }
}

/** An encoder with its head. */
export const simclrMethod: MethodImplementation = {
  create: (engine, config) => new Simclr(engine, ownSettings(config, simclrSettings)),
  size(config) {
    const { projectionSize, model } = ownSettings(config, simclrSettings)
    const { trained, statistics } = projectorSize({ model, projectionSize })
    return { trained, state: trained + statistics }
  },
}
