import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { Engine } from '../engine/engine.ts'
import type { Learner } from './learner.ts'
import { Moco } from './moco.ts'

/** The learner of a run's method. The engine must have been loaded: `loadEngine`. */
export function createLearner(engine: Engine, config: PretrainConfig): Learner {
  return new Moco(engine, config)
}
