import type { RecipeSize } from '../config/recipes.ts'
import type { Values } from './method.ts'

/**
 * How Feichtenhofer et al. (CVPR 2021) train on Kinetics-400 by LARS: the learning rate belongs to 64
 * videos a step, and biases and norms do not decay. A big GPU trains their encoder at their size.
 */
export function slowfastKinetics(lr: number, size: RecipeSize): Values {
  return {
    ...(size === 'big' && { model: 'slow_50', size: 224 }),
    optimiser: 'lars',
    lr,
    lrRule: 'per-64',
    warmup: 35,
    epochs: 200,
    weightDecay: 1e-6,
    decayVectors: false,
    frames: 8,
    stride: 8,
  }
}
