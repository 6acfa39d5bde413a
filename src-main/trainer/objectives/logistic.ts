import { attribute } from '../engine/attributes.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'

/**
 * Binary cross-entropy of logits x that all have one answer: the mean of log(1 + exp(-x)) where it is
 * yes, and of log(1 + exp(x)) where it is no.
 * @param logits of any shape, in the master type
 * @returns scalar, in nats
 */
export function logisticLoss(tape: Tape, logits: Tensor, answer: boolean): Tensor {
  const { engine } = tape
  const type = [attribute.type('T', logits.dtype)]
  const count = logits.shape.reduce((product, n) => product * n, 1)
  const flat = engine.reshape(logits, [count])
  const losses = engine.op('Softplus', [raw.scale(engine, flat, answer ? -1 : 1)], type)
  return tape.record(raw.mean(engine, losses, [0]), [logits], [logits], (dy) => {
    const share = engine.op('Sigmoid', [logits], type)
    const rest = raw.subtract(engine, share, engine.scalar(answer ? 1 : 0))
    return [raw.multiply(engine, rest, raw.scale(engine, dy, 1 / count))]
  })
}
