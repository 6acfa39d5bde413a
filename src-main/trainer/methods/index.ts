import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { MethodName } from '#shared/methods/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { Learner, LearnerSize, MethodImplementation } from './learner.ts'
import { beMethod } from './be.ts'
import { byolMethod } from './byol.ts'
import { coclrMethod } from './coclr.ts'
import { combinedMethod } from './combined.ts'
import { clipOrderMethod } from './clip-order.ts'
import { clusterMethod } from './cluster.ts'
import { cvrlMethod } from './cvrl.ts'
import { frameOrderMethod } from './frame-order.ts'
import { jigsawMethod } from './jigsaw.ts'
import { mocoMethod } from './moco.ts'
import { paceMethod } from './pace.ts'
import { prpMethod } from './prp.ts'
import { puzzleMethod } from './puzzle.ts'
import { rotationMethod } from './rotation.ts'
import { predictionMethod } from './prediction.ts'
import { simclrMethod } from './simclr.ts'
import { simsiamMethod } from './simsiam.ts'
import { speednetMethod } from './speednet.ts'
import { statisticsMethod } from './statistics.ts'
import { swavMethod } from './swav.ts'
import { videoganMethod } from './videogan.ts'
import { videomaeMethod } from './videomae.ts'

/** How each method learns; `methods` in src-shared describes them. */
const implementations: Record<MethodName, MethodImplementation> = {
  combined: combinedMethod(implementationOf),
  moco: mocoMethod,
  simclr: simclrMethod,
  byol: byolMethod,
  simsiam: simsiamMethod,
  swav: swavMethod,
  cvrl: cvrlMethod,
  be: beMethod,
  coclr: coclrMethod,
  cluster: clusterMethod,
  rotation: rotationMethod,
  statistics: statisticsMethod,
  pace: paceMethod,
  speednet: speednetMethod,
  prp: prpMethod,
  'clip-order': clipOrderMethod,
  'frame-order': frameOrderMethod,
  puzzle: puzzleMethod,
  jigsaw: jigsawMethod,
  videomae: videomaeMethod,
  prediction: predictionMethod,
  videogan: videoganMethod,
}

/** The learner of a run's method. The engine must have been loaded: `loadEngine`. */
export function createLearner(engine: Engine, config: PretrainConfig): Learner {
  return implementationOf(config).create(engine, config)
}

/** What the learner of a run's method holds. */
export function learnerSize(config: PretrainConfig): LearnerSize {
  return implementationOf(config).size(config)
}

function implementationOf({ method }: PretrainConfig): MethodImplementation {
  return implementations[method as MethodName]
}
