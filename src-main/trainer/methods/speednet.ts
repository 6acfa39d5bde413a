import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { inputSizes, speednetSettings } from '#shared/methods/speednet.ts'
import type { MethodImplementation } from './learner.ts'
import { PretextClassifier, pretextClassifierSize, type Question } from './pretext-classifier.ts'

function questionOf(config: PretrainConfig): Question {
  const own = ownSettings(config, speednetSettings)
  const { pooling, dropout } = own
  return { classes: 2, of: 'clips', pooling, dropout, sizes: inputSizes(own) ?? undefined }
}

/** SpeedNet (Benaim et al., CVPR 2020): both speeds of every clip are in the batch. */
export const speednetMethod: MethodImplementation = {
  create: (engine, config) => new PretextClassifier(engine, config, questionOf(config)),
  size: (config) => pretextClassifierSize(config.model, questionOf(config)),
}
