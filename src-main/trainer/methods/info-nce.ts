import { attribute } from '../engine/attributes.ts'
import { matmul } from '../engine/ops/linear.ts'
import { rowSums } from '../engine/ops/normalize.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'

export interface InfoNce {
  /** Mean over the batch, scalar. */
  loss: Tensor
  /** 1 where the positive is the most similar of all, [B], float32. */
  hits: Tensor
}

const float = [attribute.type('T', DType.float32)]

/**
 * InfoNCE (van den Oord et al., 2018) as MoCo has it (He et al., CVPR 2020, equation 1):
 * -log(exp(q·k / T) / (exp(q·k / T) + sum_j exp(q·queue_j / T))).
 * @param q queries at unit length, [B, D]
 * @param k their positives at unit length, [B, D]; no gradient flows into them
 * @param queue negatives at unit length, one a column, [D, K]
 */
export function infoNce(
  tape: Tape,
  q: Tensor,
  k: Tensor,
  queue: Tensor,
  temperature: number,
): InfoNce {
  const { engine } = tape
  const [b] = q.shape
  const positive = rowSums(engine, engine.op('Mul', [q, k], float)) // [B, 1]
  const negative = matmul(engine, q, queue) // [B, K]
  const joined = concat(engine, positive, negative) // [B, 1 + K]
  const logits = engine.op('RealDiv', [joined, engine.scalar(temperature)], float)
  const [losses, softmaxMinusTarget] = engine.ops(
    'SparseSoftmaxCrossEntropyWithLogits',
    [logits, engine.ints(new Array<number>(b).fill(0))],
    [...float, attribute.type('Tlabels', DType.int32)],
    2,
  ) // [B], [B, 1 + K]
  const loss = meanOf(engine, losses)
  tape.record(loss, [q], [k, queue, softmaxMinusTarget], (dLoss) => {
    const factor = engine.op('RealDiv', [dLoss, engine.scalar(b * temperature)], float)
    const dLogits = engine.op('Mul', [softmaxMinusTarget, factor], float)
    const [dPositive, dNegative] = split(engine, dLogits, queue.shape[1])
    const fromPositive = engine.op('Mul', [k, dPositive], float)
    const fromNegative = matmul(engine, dNegative, queue, { b: true })
    return [engine.op('AddV2', [fromPositive, fromNegative], float)]
  })
  return { loss, hits: hitsOf(engine, logits) }
}

function hitsOf(engine: Engine, logits: Tensor): Tensor {
  const best = engine.op(
    'ArgMax',
    [logits, engine.ints([1], [])],
    [...float, attribute.type('Tidx', DType.int32), attribute.type('output_type', DType.int32)],
  )
  const zero = engine.ints([0], [])
  const hit = engine.op('Equal', [best, zero], [attribute.type('T', DType.int32)])
  return engine.cast(hit, DType.float32)
}

function concat(engine: Engine, a: Tensor, b: Tensor): Tensor {
  const attributes = [attribute.int('N', 2), ...float, attribute.type('Tidx', DType.int32)]
  return engine.op('ConcatV2', [a, b, engine.ints([1], [])], attributes)
}

function split(engine: Engine, logits: Tensor, negatives: number): Tensor[] {
  return engine.ops(
    'SplitV',
    [logits, engine.ints([1, negatives]), engine.ints([1], [])],
    [attribute.int('num_split', 2), ...float, attribute.type('Tlen', DType.int32)],
    2,
  )
}

function meanOf(engine: Engine, x: Tensor): Tensor {
  return engine.op(
    'Mean',
    [x, engine.ints([0])],
    [...float, attribute.type('Tidx', DType.int32), attribute.bool('keep_dims', false)],
  )
}
