import { attribute, type Attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'
import { add, relu } from './elementwise.ts'
import { fixedNorm } from './fixed-norm.ts'
import type { NormOptions, NormResult, NormTensors, WholeOptions } from './norm-options.ts'
import { meanOverRanks, momentsOfBatch } from './over-ranks.ts'
import { movedStatistics } from './running-statistics.ts'
import { sharedNorm } from './shared-norm.ts'

/**
 * Batch normalisation over all axes of x [B, T, H, W, C] but the last, then a shortcut and ReLU when
 * asked for. In training mode with the statistics of the batch, of all processes that share it; the
 * running ones move by `momentum` towards them, the variance unbiased, as PyTorch's do.
 */
export function batchNorm(
  tape: Tape,
  x: Tensor,
  norm: NormTensors,
  given: NormOptions,
): NormResult {
  const options = { epsilon: 1e-5, momentum: 0.1, ...given }
  if (tape.engine.kernels.norm && x.dtype !== DType.float64) {
    if (options.training && tape.engine.collective) return sharedNorm(tape, x, norm, options)
    if (options.training) return inOnePass(tape, x, norm, options)
    const inputs = [x, norm.scale, norm.offset, ...(options.shortcut ? [options.shortcut] : [])]
    if (!inputs.some((input) => tape.needs(input))) return fixedNorm(tape.engine, x, norm, options)
  }
  const isShared = options.training && tape.engine.collective !== null
  const normalise = x.dtype === DType.float64 || isShared ? plain : fused
  const { y, ...running } = normalise(tape, x, norm, options)
  const sum = options.shortcut ? add(tape, y, options.shortcut) : y
  return { y: options.relu ? relu(tape, sum) : sum, ...running }
}

/** By the workbench's own op, which reads x once more instead of writing what lies between. */
function inOnePass(tape: Tape, x: Tensor, norm: NormTensors, options: WholeOptions): NormResult {
  const { engine } = tape
  const { scale, offset } = norm
  const shortcuts = options.shortcut ? [options.shortcut] : []
  const attributes = [
    attribute.type('T', x.dtype),
    attribute.int('N', shortcuts.length),
    attribute.bool('relu', options.relu),
  ]
  const [y, mean, inverse, runningMean, runningVariance] = engine.ops(
    'FameNorm',
    [x, scale, offset, norm.runningMean, norm.runningVariance, ...shortcuts],
    [
      ...attributes,
      attribute.float('epsilon', options.epsilon),
      attribute.float('momentum', options.momentum),
    ],
    5,
  )
  // With a shortcut, only y tells what the ReLU has let through.
  const ys = shortcuts.map(() => y)
  const saved = [x, scale, offset, mean, inverse, ...ys]
  tape.record(y, [x, scale, offset, ...shortcuts], saved, (dy) =>
    engine.ops('FameNormGrad', [dy, ...saved], attributes, 3 + ys.length),
  )
  return { y, runningMean, runningVariance }
}

function fused(tape: Tape, x: Tensor, norm: NormTensors, options: WholeOptions): NormResult {
  const { engine } = tape
  const { training, momentum } = options
  const { scale, offset, runningMean, runningVariance } = norm
  const flat = [x.shape[0] * x.shape[1], x.shape[2], x.shape[3], x.shape[4]]
  const factor = attribute.float('exponential_avg_factor', training ? momentum : 1)
  const [y, mean, variance, ...reserved] = engine.ops(
    'FusedBatchNormV3',
    [engine.reshape(x, flat), scale, offset, runningMean, runningVariance],
    [...attributesOf(x, options), factor],
    6,
  )
  const output = engine.reshape(y, x.shape)
  const statistics = training ? reserved : [runningMean, runningVariance, reserved[2]]
  tape.record(output, [x, scale, offset], [x, scale, ...statistics], (dy) => {
    const [dx, dScale, dOffset] = engine.ops(
      'FusedBatchNormGradV3',
      [engine.reshape(dy, flat), engine.reshape(x, flat), scale, ...statistics],
      attributesOf(x, options),
      5,
    )
    return [engine.reshape(dx, x.shape), dScale, dOffset]
  })
  if (!training) return { y: output, runningMean, runningVariance }
  return { y: output, runningMean: mean, runningVariance: variance }
}

function attributesOf(x: Tensor, { training, epsilon }: WholeOptions): Attribute[] {
  return [
    attribute.type('T', x.dtype),
    attribute.type('U', DType.float32),
    attribute.float('epsilon', epsilon),
    attribute.string('data_format', 'NHWC'),
    attribute.bool('is_training', training),
  ]
}

/** The same from single ops, for what the fused op does not know: float64, and several processes. */
function plain(tape: Tape, x: Tensor, norm: NormTensors, options: WholeOptions): NormResult {
  const { engine } = tape
  const { training, epsilon, momentum } = options
  const { scale, offset } = norm
  const channels = x.shape[4]
  const rows = engine.cast(engine.reshape(x, [-1, channels]), engine.master) // [M, C]
  const count = rows.shape[0] * (engine.collective?.size ?? 1)
  const { mean, variance } = training
    ? momentsOfBatch(engine, rows)
    : { mean: norm.runningMean, variance: norm.runningVariance }
  const inverse = raw.rsqrt(engine, raw.add(engine, variance, engine.scalar(epsilon))) // [C]
  const unit = raw.multiply(engine, raw.subtract(engine, rows, mean), inverse) // [M, C]
  const scaled = raw.add(engine, raw.multiply(engine, unit, scale), offset)
  const y = engine.reshape(engine.cast(scaled, x.dtype), x.shape)
  tape.record(y, [x, scale, offset], [scale, unit, inverse], (dy) => {
    const dRows = engine.cast(engine.reshape(dy, [-1, channels]), engine.master)
    const dOffset = raw.sum(engine, dRows, [0])
    const dScale = raw.sum(engine, raw.multiply(engine, dRows, unit), [0])
    const share = (sum: Tensor): Tensor =>
      raw.scale(engine, meanOverRanks(engine, sum), 1 / rows.shape[0])
    const shared = raw.add(engine, raw.multiply(engine, unit, share(dScale)), share(dOffset))
    const free = training ? raw.subtract(engine, dRows, shared) : dRows
    const dx = raw.multiply(engine, free, raw.multiply(engine, scale, inverse))
    return [engine.reshape(engine.cast(dx, x.dtype), x.shape), dScale, dOffset]
  })
  if (!training) return { y, ...norm }
  return { y, ...movedStatistics(engine, norm, { mean, variance, rows: count }, momentum) }
}
