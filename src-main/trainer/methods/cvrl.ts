import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { cvrlSettings } from '#shared/methods/cvrl.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { gatherRows } from '../engine/ops/over-ranks.ts'
import { raw } from '../engine/raw.ts'
import { embeddingHead } from '../networks/heads.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { firstToSecond } from '../objectives/first-to-second.ts'
import { ntXent } from '../objectives/nt-xent.ts'
import { spreadOf } from '../objectives/spread.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import type { Learned, Learner, MethodImplementation, Views } from './learner.ts'
import { Projector, projectorSize, type ProjectorDesign } from './projector.ts'

export type CvrlConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof cvrlSettings>

/**
 * CVRL (Qian et al., CVPR 2021): two clips of each video, whose interval in time is drawn from a
 * decreasing distribution and whose augmentation is the same for all frames, go through one encoder
 * with common batch statistics. The losses of both directions are added, not averaged.
 */
export class Cvrl implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: CvrlConfig
  private readonly projector: Projector

  constructor(engine: Engine, config: CvrlConfig) {
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

  /** @param views two clips of each video */
  learn(views: Views): Learned {
    const { engine, projector, config } = this
    const pass = new GradientPass(engine, this.trained)
    const opened = { encoder: pass.open('encoder'), head: pass.open('head') }
    const tape = pass.tape()
    const x = raw.concat(engine, clipsOf(engine, config, views), 0) // [2B, T, H, W, 3]
    const own = normalizeRows(tape, projector.run(tape, x, opened, 'train')) // [2B, D]
    const z = gatherRows(tape, own, views.length)
    const { loss: mean, positive, negative } = ntXent(tape, z, config.temperature)
    // The mean over 2B clips is half the sum of the means of both directions.
    pass.addLast(tape, mean, 2)
    const { accuracy, entropy } = firstToSecond(engine, z, config.temperature)
    const metrics = new Map([
      ['loss', raw.scale(engine, mean, 2)],
      ['accuracy', accuracy],
      ['entropy', entropy],
      ['positive', positive],
      ['negative', negative],
      ['spread', spreadOf(engine, own)],
    ])
    return { gradients: pass.gradients(), metrics }
  }

  stateDict(): StateDict {
    return this.projector.stateDict()
  }

  /** @throws StateError when the state is of another encoder or head. */
  loadState(state: StateDict): void {
    this.projector.loadStateDict(state)
  }

  dispose(): void {
    this.projector.dispose()
  }
}

function designOf(config: CvrlConfig): ProjectorDesign {
  const head = embeddingHead({ ...config, headStart: 'uniform', keepsBias: true })
  return { model: config.model, head }
}

/** An encoder with its head. */
export const cvrlMethod: MethodImplementation = {
  create: (engine, config) => new Cvrl(engine, ownSettings(config, cvrlSettings)),
  size(config) {
    const { trained, statistics } = projectorSize(designOf(ownSettings(config, cvrlSettings)))
    return { trained, state: trained + statistics }
  },
}
