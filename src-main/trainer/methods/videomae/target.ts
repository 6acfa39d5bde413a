import type { Engine } from '../../engine/engine.ts'
import { raw } from '../../engine/raw.ts'
import type { Tensor } from '../../engine/tensor.ts'

const COLOURS = 3
const EPSILON = 1e-6

/** Colours of cubes as they are predicted, and what makes colours of them again. */
export interface Target {
  /** [B, M, P]: P numbers by pixel, then colour. */
  values: Tensor
  /** Of each cube and colour, [B, M, 1, 3]; null where colours are predicted as they are. */
  mean: Tensor | null
  deviation: Tensor | null
}

/**
 * What is predicted of cubes: their colours, or these less the mean and divided by the deviation of
 * their cube and colour, (x - mean) / (sqrt(variance) + 1e-6) with the unbiased variance, as the code of
 * Tong et al. (NeurIPS 2022) has it.
 * @param cubes colours in [0, 1], [B, M, P]
 */
export function targetOf(engine: Engine, cubes: Tensor, isNormalised: boolean): Target {
  if (!isNormalised) return { values: cubes, mean: null, deviation: null }
  const [b, m, numbers] = cubes.shape
  const pixels = numbers / COLOURS
  const x = engine.reshape(cubes, [b, m, pixels, COLOURS])
  const mean = raw.mean(engine, x, [2], true) // [B, M, 1, 3]
  const centred = raw.subtract(engine, x, mean)
  const squares = raw.sum(engine, raw.square(engine, centred), [2], true)
  const variance = raw.scale(engine, squares, 1 / (pixels - 1))
  const deviation = raw.add(engine, raw.sqrt(engine, variance), engine.scalar(EPSILON))
  const values = engine.reshape(raw.divide(engine, centred, deviation), cubes.shape)
  return { values, mean, deviation }
}

/** Mean square of targets [B, M, P] about the mean of their cube and colour, which no prediction explains. */
export function varianceWithin(engine: Engine, values: Tensor): Tensor {
  const [b, m, numbers] = values.shape
  const x = engine.reshape(values, [b, m, numbers / COLOURS, COLOURS])
  const mean = raw.mean(engine, x, [2], true) // [B, M, 1, 3]
  return raw.mean(engine, raw.squaredDifference(engine, x, mean), [0, 1, 2, 3])
}

/** Colours of predictions [B, M, P]: the inverse of `targetOf`. */
export function coloursOf(engine: Engine, values: Tensor, { mean, deviation }: Target): Tensor {
  if (!mean || !deviation) return values
  const [b, m, numbers] = values.shape
  const x = engine.reshape(values, [b, m, numbers / COLOURS, COLOURS])
  const colours = raw.add(engine, raw.multiply(engine, x, deviation), mean)
  return engine.reshape(colours, values.shape)
}
