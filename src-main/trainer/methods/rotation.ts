import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { rotationSettings } from '#shared/methods/rotation.ts'
import type { MethodImplementation } from './learner.ts'
import { PretextClassifier, pretextClassifierSize, type Question } from './pretext-classifier.ts'

function questionOf(config: PretrainConfig): Question {
  const { turns, dropout } = ownSettings(config, rotationSettings)
  return { classes: turns, of: 'clips', dropout }
}

/** 3DRotNet (Jing et al., 2018): an encoder with one linear layer that tells the turn of each clip. */
export const rotationMethod: MethodImplementation = {
  create: (engine, config) => new PretextClassifier(engine, config, questionOf(config)),
  size: (config) => pretextClassifierSize(config.model, questionOf(config)),
}
