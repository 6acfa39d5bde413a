import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { speednetSettings } from '#shared/methods/speednet.ts'
import type { MethodImplementation } from './learner.ts'
import { PretextClassifier, pretextClassifierSize, type Question } from './pretext-classifier.ts'

function questionOf(config: PretrainConfig): Question {
  const { pooling, dropout } = ownSettings(config, speednetSettings)
  return { classes: 2, of: 'clips', pooling, dropout }
}

/** SpeedNet (Benaim et al., CVPR 2020): both speeds of every clip are in the batch. */
export const speednetMethod: MethodImplementation = {
  create: (engine, config) => new PretextClassifier(engine, config, questionOf(config)),
  size: (config) => pretextClassifierSize(config.model, questionOf(config)),
}
