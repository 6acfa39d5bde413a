import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { Engine } from '../engine/engine.ts'
import { Adam } from './adam.ts'
import { Lars } from './lars.ts'
import type { Optimiser } from './optimiser.ts'
import { withoutVectorDecay, type GroupRule, type Parameter } from './parameters.ts'
import { Sgd } from './sgd.ts'

export type OptimiserConfig = Pick<
  PretrainConfig,
  'optimiser' | 'momentum' | 'weightDecay' | 'decayVectors'
> &
  Partial<Pick<PretrainConfig, 'beta2'>> & {
    /** Adam's decay rate of the mean; 0.9 by default. */
    beta1?: number
  }

/** LARS's trust coefficient (You et al., 2017), as published recipes for video have it. */
const TRUST = 0.001

/** Adam's usual decay rates of the mean and of the mean square (Kingma and Ba, 2015). */
const BETAS = { beta1: 0.9, beta2: 0.999 }

/** Vectors of the length of the parameters that each optimiser remembers. */
export const optimiserBuffers: Record<PretrainConfig['optimiser'], number> = {
  sgd: 1,
  lars: 1,
  adam: 2,
  adamw: 2,
}

/**
 * The optimiser of a run for the parameters of one network.
 * @param own rules of this network, which go before the run's
 */
export function createOptimiser(
  engine: Engine,
  config: OptimiserConfig,
  parameters: readonly Parameter[],
  own: readonly GroupRule[] = [],
): Optimiser {
  const { optimiser, momentum, weightDecay, decayVectors } = config
  const { beta1 = BETAS.beta1, beta2 = BETAS.beta2 } = config
  const rules = decayVectors ? own : [...own, withoutVectorDecay]
  const options = { parameters, weightDecay, rules }
  switch (optimiser) {
    case 'sgd':
      return new Sgd(engine, { ...options, momentum })
    case 'lars':
      return new Lars(engine, { ...options, momentum, trust: TRUST })
    case 'adam':
      return new Adam(engine, { ...options, beta1, beta2, decoupled: false })
    case 'adamw':
      return new Adam(engine, { ...options, beta1, beta2, decoupled: true })
  }
}
