import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { clipOrderSettings } from '#shared/methods/clip-order.ts'
import { countOrders } from '#shared/methods/permutations.ts'
import type { MethodImplementation } from './learner.ts'
import { pairHead } from './pair-head.ts'
import { PretextClassifier, pretextClassifierSize, type Question } from './pretext-classifier.ts'

function questionOf(config: PretrainConfig): Question {
  const { orderedClips, pairSize, dropout } = ownSettings(config, clipOrderSettings)
  return {
    classes: countOrders(orderedClips),
    of: 'videos',
    hidden: (blueprint, features) =>
      pairHead(blueprint, orderedClips, { features, pair: pairSize }),
    answerName: 'fc8',
    dropout,
  }
}

/** VCOP (Xu et al., CVPR 2019): an encoder of clips, and a head on their pairs that tells their order. */
export const clipOrderMethod: MethodImplementation = {
  create: (engine, config) => new PretextClassifier(engine, config, questionOf(config)),
  size: (config) => pretextClassifierSize(config.model, questionOf(config)),
}
