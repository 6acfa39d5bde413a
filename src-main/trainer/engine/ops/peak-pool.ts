import { attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/** Height and width of a feature map. */
const SPACE = [2, 3]

/**
 * The largest value over space of each feature, then the mean over time, in the master type
 * (Benaim et al., CVPR 2020). Where several places share the largest value, they share its gradient.
 * @param x [B, T, H, W, C]
 * @returns [B, C]
 */
export function peakPool(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  const [b, t, h, w, c] = x.shape
  const values = engine.cast(x, engine.master)
  const peak = engine.reshape(raw.max(engine, values, SPACE), [b, t, 1, 1, c])
  const y = raw.mean(engine, engine.reshape(peak, [b, t, c]), [1])
  return tape.record(y, [x], [values, peak], (dy) => {
    const everywhere = raw.broadcast(engine, peak, [b, t, h, w, c])
    const chosen = engine.op('Equal', [values, everywhere], [attribute.type('T', values.dtype)])
    const ones = engine.cast(chosen, engine.master) // [B, T, H, W, C]
    const count = engine.reshape(raw.sum(engine, ones, SPACE), [b, t, 1, 1, c])
    const share = raw.scale(engine, engine.reshape(dy, [b, 1, 1, 1, c]), 1 / t)
    const each = raw.divide(engine, raw.broadcast(engine, share, [b, t, 1, 1, c]), count)
    return [engine.cast(raw.multiply(engine, ones, each), x.dtype)]
  })
}
