import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { countPaces, paceSettings } from '#shared/methods/pace.ts'
import type { MethodImplementation } from './learner.ts'
import { PretextClassifier, pretextClassifierSize, type Question } from './pretext-classifier.ts'

function questionOf(config: PretrainConfig): Question {
  const own = ownSettings(config, paceSettings)
  return { classes: countPaces(own), of: 'clips', dropout: own.dropout }
}

/** Pace prediction (Wang et al., ECCV 2020): an encoder with one linear layer that tells the pace. */
export const paceMethod: MethodImplementation = {
  create: (engine, config) => new PretextClassifier(engine, config, questionOf(config)),
  size: (config) => pretextClassifierSize(config.model, questionOf(config)),
}
