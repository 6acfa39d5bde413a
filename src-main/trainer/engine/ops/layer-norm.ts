import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Layer normalisation (Ba et al., 2016) over the last axis of x [..., C], as PyTorch's `LayerNorm`, in
 * the master type: (x - mean) / sqrt(variance + epsilon) * scale + offset, with the biased variance.
 * @param scale [C] @param offset [C]
 */
export function layerNorm(
  tape: Tape,
  x: Tensor,
  { scale, offset, epsilon }: { scale: Tensor; offset: Tensor; epsilon: number },
): Tensor {
  const { engine } = tape
  const last = [x.shape.length - 1]
  const leading = last[0] === 0 ? [] : Array.from({ length: last[0] }, (_, axis) => axis)
  const centred = raw.subtract(engine, x, raw.mean(engine, x, last, true))
  const variance = raw.mean(engine, raw.square(engine, centred), last, true) // [..., 1]
  const inverse = raw.rsqrt(engine, raw.add(engine, variance, engine.scalar(epsilon)))
  const unit = raw.multiply(engine, centred, inverse)
  const y = raw.add(engine, raw.multiply(engine, unit, scale), offset)
  return tape.record(y, [x, scale, offset], [unit, inverse, scale], (dy) => {
    const ofScale = raw.sum(engine, raw.multiply(engine, dy, unit), leading)
    const ofOffset = raw.sum(engine, dy, leading)
    if (!tape.needs(x)) return [null, ofScale, ofOffset]
    const dUnit = raw.multiply(engine, dy, scale)
    const along = raw.mean(engine, raw.multiply(engine, dUnit, unit), last, true)
    const shared = raw.add(
      engine,
      raw.multiply(engine, unit, along),
      raw.mean(engine, dUnit, last, true),
    )
    return [raw.multiply(engine, raw.subtract(engine, dUnit, shared), inverse), ofScale, ofOffset]
  })
}
