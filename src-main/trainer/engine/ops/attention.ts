import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Similarities that are in memory at once. Where there are more, heads are worked through in groups, and
 * the way back computes the similarities again instead of keeping them: memory then grows with the
 * tokens, not with their square.
 */
const MOST = 2 ** 24

/** Queries, keys and values of some heads, [G, N, d] each, in the compute type. */
type Heads = readonly [q: Tensor, k: Tensor, v: Tensor]

/**
 * Self-attention of several heads (Vaswani et al., NeurIPS 2017, equation 1): softmax(q k' / sqrt(d)) v
 * for each. Products are computed in the compute type, the softmax in the master type.
 * @param qkv [B, N, 3 C], in the master type: queries, keys and values, each head by head
 * @param heads divides C
 * @param most similarities in memory at once
 * @returns [B, N, C], in the master type
 */
export function selfAttention(tape: Tape, qkv: Tensor, heads: number, most = MOST): Tensor {
  const { engine } = tape
  const [b, n, triple] = qkv.shape
  const d = triple / 3 / heads
  const scale = 1 / Math.sqrt(d)
  const all = b * heads
  const group = Math.max(1, Math.floor(most / n ** 2))
  const sizes = Array.from({ length: Math.ceil(all / group) }, (_, i) =>
    Math.min(group, all - i * group),
  )
  const groups = headsOf(engine, qkv, { heads, scale, sizes })
  // What a single group computes is small enough to be kept.
  const kept = sizes.length === 1 ? [similarity(engine, groups[0])] : []
  const parts = groups.map((own, i) =>
    engine.scope(() => {
      const p = engine.cast(kept[i] ?? similarity(engine, own), engine.compute)
      return engine.cast(raw.batchMatmul(engine, p, own[2]), engine.master)
    }),
  )
  const out = raw.concat(engine, parts, 0) // [B h, N, d]
  const joined = raw.transpose(engine, engine.reshape(out, [b, heads, n, d]), [0, 2, 1, 3])
  const y = engine.reshape(joined, [b, n, heads * d])
  return tape.record(y, [qkv], [...groups.flat(), ...kept, out], (dy) => {
    const own = raw.transpose(engine, engine.reshape(dy, [b, n, heads, d]), [0, 2, 1, 3])
    const dOut = engine.reshape(own, [all, n, d])
    // The part of each row's gradient that the softmax takes out again.
    const shared = raw.sum(engine, raw.multiply(engine, dOut, out), [2], true) // [B h, N, 1]
    const dOuts = raw.split(engine, dOut, sizes, 0)
    const shares = raw.split(engine, shared, sizes, 0)
    const gradients = groups.map((given, i) =>
      engine.scope(() => {
        const p = kept[i] ?? similarity(engine, given)
        return groupGradient(engine, given, { p, dOut: dOuts[i], shared: shares[i], scale })
      }),
    )
    const [dq, dk, dv] = [0, 1, 2].map((which) =>
      raw.concat(
        engine,
        gradients.map((of) => of[which]),
        0,
      ),
    )
    const whole = engine.reshape(raw.concat(engine, [dq, dk, dv], 0), [3, b, heads, n, d])
    return [engine.reshape(raw.transpose(engine, whole, [1, 3, 0, 2, 4]), qkv.shape)]
  })
}

/** Heads of all clips, clip by clip, in groups; queries are scaled. */
function headsOf(
  engine: Engine,
  qkv: Tensor,
  { heads, scale, sizes }: { heads: number; scale: number; sizes: readonly number[] },
): Heads[] {
  const [b, n, triple] = qkv.shape
  const d = triple / 3 / heads
  const count = sizes.length
  const pieces = engine.scope(() => {
    const parted = engine.reshape(qkv, [b, n, 3, heads, d])
    const sorted = raw.transpose(engine, parted, [2, 0, 3, 1, 4]) // [3, B, h, N, d]
    const flat = engine.reshape(sorted, [3 * b * heads, n, d])
    const [q, k, v] = raw.split(engine, flat, [b * heads, b * heads, b * heads], 0)
    return [raw.scale(engine, q, scale), k, v].flatMap((part) =>
      raw.split(engine, engine.cast(part, engine.compute), sizes, 0),
    )
  })
  return sizes.map((_, i) => [pieces[i], pieces[count + i], pieces[2 * count + i]])
}

/** The softmax of q k', [G, N, N], in the master type. */
function similarity(engine: Engine, [q, k]: Heads): Tensor {
  return engine.scope(() => {
    const products = raw.batchMatmul(engine, q, k, { b: true })
    return raw.softmax(engine, engine.cast(products, engine.master))
  })
}

/** Gradients of unscaled q, of k and of v, in the master type. */
function groupGradient(
  engine: Engine,
  [q, k, v]: Heads,
  of: { p: Tensor; dOut: Tensor; shared: Tensor; scale: number },
): Tensor[] {
  const { p, shared, scale } = of
  const compute = (x: Tensor): Tensor => engine.cast(x, engine.compute)
  const master = (x: Tensor): Tensor => engine.cast(x, engine.master)
  const dOut = compute(of.dOut)
  const dv = raw.batchMatmul(engine, compute(p), dOut, { a: true })
  const dp = master(raw.batchMatmul(engine, dOut, v, { b: true }))
  const ds = compute(raw.multiply(engine, p, raw.subtract(engine, dp, shared)))
  const dq = raw.scale(engine, master(raw.batchMatmul(engine, ds, k)), scale)
  const dk = raw.batchMatmul(engine, ds, q, { a: true })
  return [dq, master(dk), master(dv)]
}
