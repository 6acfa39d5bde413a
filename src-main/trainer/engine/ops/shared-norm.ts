import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { sizeOf, type Tensor } from '../tensor.ts'
import { fixedNorm } from './fixed-norm.ts'
import type { NormResult, NormTensors, WholeOptions } from './norm-options.ts'
import { meanOverRanks, momentsOverRanks } from './over-ranks.ts'
import { movedStatistics } from './running-statistics.ts'

/**
 * Batch normalisation in training mode over the rows of all processes that share the batch, by the
 * workbench's own ops: each process measures its rows, the figures are joined, and each writes its rows.
 */
export function sharedNorm(
  tape: Tape,
  x: Tensor,
  norm: NormTensors,
  options: WholeOptions,
): NormResult {
  const { engine } = tape
  const { scale, offset } = norm
  const { shortcut, epsilon, momentum } = options
  const type = attribute.type('T', x.dtype)
  const own = engine.ops('FameMoments', [x], [type], 2)
  const { mean, variance } = momentsOverRanks(engine, own[0], own[1]) // [C] each
  const inverse = raw.rsqrt(engine, raw.add(engine, variance, engine.scalar(epsilon)))
  const { y } = fixedNorm(
    engine,
    x,
    { ...norm, runningMean: mean, runningVariance: variance },
    options,
  )
  const shortcuts = shortcut ? [shortcut] : []
  // With a shortcut, only y tells what the ReLU has let through.
  const saved = [x, scale, offset, mean, inverse, ...shortcuts.map(() => y)]
  tape.record(y, [x, scale, offset, ...shortcuts], saved, (dy) =>
    gradients(tape, dy, saved, options.relu),
  )
  const rows = rowsOf(x) * engine.collective!.size
  return { y, ...movedStatistics(engine, norm, { mean, variance, rows }, momentum) }
}

/** @param saved x, scale, offset, mean, inverse and, with a shortcut, y */
function gradients(
  { engine }: Tape,
  dy: Tensor,
  saved: readonly Tensor[],
  relu: boolean,
): Tensor[] {
  const [x, ...perChannel] = saved.slice(0, 5)
  const hasShortcut = saved.length > 5
  const type = attribute.type('T', x.dtype)
  const [dScale, dOffset, ...dShortcut] = engine.ops(
    'FameNormSums',
    [dy, ...saved],
    [type, attribute.int('N', hasShortcut ? 1 : 0), attribute.bool('relu', relu)],
    hasShortcut ? 3 : 2,
  )
  const sums = meanOverRanks(engine, raw.concat(engine, [dScale, dOffset], 0)) // [2 C]
  const [channels] = dScale.shape
  const means = raw.split(engine, raw.scale(engine, sums, 1 / rowsOf(x)), [channels, channels], 0)
  // Behind a shortcut the gradient has passed the ReLU already.
  const [g] = [...dShortcut, dy]
  const passed = attribute.bool('relu', relu && !hasShortcut)
  const dx = engine.op('FameNormInput', [g, x, ...perChannel, ...means], [type, passed])
  return [dx, dScale, dOffset, ...dShortcut]
}

/** Rows of channels. */
function rowsOf({ shape }: Tensor): number {
  return sizeOf(shape.slice(0, -1))
}
