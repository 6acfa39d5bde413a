import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, sizeOf, type Tensor } from '../engine/tensor.ts'

/**
 * The lp loss of Mathieu et al. (ICLR 2016, equation 5), divided by the number of values:
 * mean |y - p|^power.
 * @param p predicted, [B, H, W, K], in the master type
 * @param y true, likewise; no gradient flows into it
 * @param power 1 or 2
 */
export function powerLoss(tape: Tape, p: Tensor, y: Tensor, power: number): Tensor {
  const { engine } = tape
  const rest = raw.subtract(engine, p, y)
  const size = power === 1 ? raw.abs(engine, rest) : raw.square(engine, rest)
  return tape.record(meanOf(engine, size), [p], [rest], (dy) => {
    const slope = power === 1 ? raw.sign(engine, rest) : raw.scale(engine, rest, 2)
    return [raw.multiply(engine, slope, raw.scale(engine, dy, 1 / sizeOf(p.shape)))]
  })
}

/**
 * The gradient difference loss of Mathieu et al. (ICLR 2016, equation 6), divided by the number of
 * values: the sum over both directions of | |change of y| - |change of p| |^power between neighbouring
 * pixels.
 * @param p predicted, [B, H, W, K], in the master type
 * @param y true, likewise; no gradient flows into it
 * @param power alpha, 1 or 2
 */
export function gradientDifference(tape: Tape, p: Tensor, y: Tensor, power: number): Tensor {
  const { engine } = tape
  const along = [1, 2].map((axis) => {
    const change = differences(engine, p, axis)
    const rest = raw.subtract(
      engine,
      raw.abs(engine, differences(engine, y, axis)),
      raw.abs(engine, change),
    )
    return { axis, change, rest }
  })
  const share = 1 / sizeOf(p.shape)
  const sums = along.map(({ rest }) => {
    const size = power === 1 ? raw.abs(engine, rest) : raw.square(engine, rest)
    return raw.sum(engine, size, [0, 1, 2, 3])
  })
  const loss = raw.scale(engine, raw.add(engine, sums[0], sums[1]), share)
  const saved = along.flatMap(({ change, rest }) => [change, rest])
  return tape.record(loss, [p], saved, (dy) => {
    const parts = along.map(({ axis, change, rest }) => {
      const outer = power === 1 ? raw.sign(engine, rest) : raw.scale(engine, rest, 2)
      const slope = raw.multiply(engine, outer, raw.sign(engine, change))
      return changesBack(engine, raw.multiply(engine, slope, raw.scale(engine, dy, -share)), axis)
    })
    return [raw.add(engine, parts[0], parts[1])]
  })
}

/** x[i + 1] - x[i] along an axis. */
export function differences(engine: Engine, x: Tensor, axis: number): Tensor {
  const size = x.shape.map((n, i) => (i === axis ? n - 1 : n))
  const from = (first: number): Tensor =>
    raw.slice(
      engine,
      x,
      x.shape.map((_, i) => (i === axis ? first : 0)),
      size,
    )
  return raw.subtract(engine, from(1), from(0))
}

/** The gradient of x from that of its differences. */
function changesBack(engine: Engine, dy: Tensor, axis: number): Tensor {
  const padded = (before: number): Tensor => {
    const pads = dy.shape.flatMap((_, i) => (i === axis ? [before, 1 - before] : [0, 0]))
    return engine.op(
      'Pad',
      [dy, engine.ints(pads, [dy.shape.length, 2])],
      [attribute.type('T', dy.dtype), attribute.type('Tpaddings', DType.int32)],
    )
  }
  return raw.subtract(engine, padded(1), padded(0))
}

function meanOf(engine: Engine, x: Tensor): Tensor {
  return raw.mean(
    engine,
    x,
    x.shape.map((_, axis) => axis),
  )
}
