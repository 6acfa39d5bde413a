import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'

/** More than rounding can make of equal similarities: a collapsed encoder must not hit. */
const MARGIN = 1e-5

/**
 * Whether the positive is among the most similar.
 * @param positive similarity of each row to its positive, [B, 1] @param negative to others, [B, K]
 * @returns `hits`: 1 where it is ahead of every other, else 0, [B]; `hits5`: the same where at most
 * four others are as similar
 */
export function hitsAmong(
  engine: Engine,
  positive: Tensor,
  negative: Tensor,
): { hits: Tensor; hits5: Tensor } {
  const K = negative.shape[1]
  const lead = raw.subtract(engine, positive, negative) // [B, K]
  const behind = countGreater(engine, lead, MARGIN) // [B]: negatives that the positive is ahead of
  return { hits: isGreater(engine, behind, K - 0.5), hits5: isGreater(engine, behind, K - 4.5) }
}

function countGreater(engine: Engine, x: Tensor, bound: number): Tensor {
  return raw.sum(engine, isGreater(engine, x, bound), [1])
}

/** 1 where x is greater, else 0. */
function isGreater(engine: Engine, x: Tensor, bound: number): Tensor {
  const inputs = [x, engine.scalar(bound)]
  return engine.cast(engine.op('Greater', inputs, [attribute.type('T', x.dtype)]), x.dtype)
}
