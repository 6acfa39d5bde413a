import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/**
 * x [B, T, H, W, C] with each channel of a clip scaled by the sigmoid of its logit.
 * @param logits [B, C], in the master type
 */
export function gateChannels(tape: Tape, x: Tensor, logits: Tensor): Tensor {
  const { engine } = tape
  const [b, , , , c] = x.shape
  const spread = (vector: Tensor): Tensor =>
    engine.cast(engine.reshape(vector, [b, 1, 1, 1, c]), x.dtype)
  const gate = engine.op('Sigmoid', [logits], [attribute.type('T', logits.dtype)]) // [B, C]
  const y = raw.multiply(engine, x, spread(gate))
  return tape.record(y, [x, logits], [x, gate], (dy) => {
    const product = raw.multiply(
      engine,
      engine.cast(dy, engine.master),
      engine.cast(x, engine.master),
    )
    const closed = raw.subtract(engine, engine.scalar(1), gate)
    const slope = raw.multiply(engine, gate, closed)
    return [
      raw.multiply(engine, dy, spread(gate)),
      raw.multiply(engine, raw.sum(engine, product, [1, 2, 3]), slope),
    ]
  })
}
