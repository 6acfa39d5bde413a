import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { simclrSettings } from '#shared/methods/simclr.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { gatherRows } from '../engine/ops/over-ranks.ts'
import { raw } from '../engine/raw.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import { embeddingHead } from '../networks/heads.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { ntXent } from '../objectives/nt-xent.ts'
import { spreadOf } from '../objectives/spread.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import type { Learned, Learner, MethodImplementation, Views } from './learner.ts'
import { Projector, projectorSize, type ProjectorDesign } from './projector.ts'

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
    this.engine = engine
    this.config = config
    this.projector = new Projector(engine, designOf(config), weightsRng(config.seed))
    this.encoder = this.projector.encoder
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
    ])
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @param views rho clips of each video */
  learn(views: Views): Learned {
    const { engine, projector, config } = this
    const pass = new GradientPass(engine, this.trained)
    const opened = { encoder: pass.open('encoder'), head: pass.open('head') }
    const tape = pass.tape()
    const x = raw.concat(engine, clipsOf(engine, config, views), 0) // [rho B, T, H, W, 3]
    const own = normalizeRows(tape, projector.run(tape, x, opened, 'train')) // [rho B, D]
    const z = gatherRows(tape, own, views.length)
    const { loss, hits, hits5, positive, negative } = ntXent(
      tape,
      z,
      config.temperature,
      views.length,
    )
    pass.addLast(tape, loss)
    const metrics = new Map([
      ['loss', loss],
      ['accuracy', raw.mean(engine, hits, [0])],
      ['top5', raw.mean(engine, hits5, [0])],
      ['positive', positive],
      ['negative', negative],
      ['spread', spreadOf(engine, own)],
    ])
    return { gradients: pass.gradients(), metrics }
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
}

function designOf(config: SimclrConfig): ProjectorDesign {
  return { model: config.model, head: embeddingHead({ ...config, headStart: 'uniform' }) }
}

/** An encoder with its head. */
export const simclrMethod: MethodImplementation = {
  create: (engine, config) => new Simclr(engine, ownSettings(config, simclrSettings)),
  size(config) {
    const { trained, statistics } = projectorSize(designOf(ownSettings(config, simclrSettings)))
    return { trained, state: trained + statistics }
  },
}
