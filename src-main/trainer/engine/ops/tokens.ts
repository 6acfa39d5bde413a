import type { Cube } from '#shared/encoders/encoder.ts'
import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, sizeOf, type Tensor } from '../tensor.ts'

/** x in another shape of as many values. */
export function reshape(tape: Tape, x: Tensor, shape: readonly number[]): Tensor {
  const { engine } = tape
  return tape.record(engine.reshape(x, shape), [x], [], (dy) => [engine.reshape(dy, x.shape)])
}

/**
 * x [..., C] * weight [C, D] + bias [D] -> [..., D]. The product is computed in the compute type, result
 * and gradients are in the master type.
 */
export function tokenLinear(tape: Tape, x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  const { engine } = tape
  const { master, compute } = engine
  const [inputs, outputs] = weight.shape
  const rows = sizeOf(x.shape) / inputs
  const flat = engine.reshape(engine.cast(x, compute), [rows, inputs])
  const y = engine.scope(() => {
    const product = engine.cast(raw.matmul(engine, flat, weight), master)
    const sum = bias ? raw.add(engine, product, bias) : product
    return engine.reshape(sum, [...x.shape.slice(0, -1), outputs])
  })
  const inputsOf = bias ? [x, weight, bias] : [x, weight]
  return tape.record(y, inputsOf, [flat, weight], (given) => {
    const dy = engine.reshape(given, [rows, outputs])
    const half = engine.cast(dy, compute)
    const dx = (): Tensor =>
      engine.reshape(engine.cast(raw.matmul(engine, half, weight, { b: true }), x.dtype), x.shape)
    return [
      tape.needs(x) ? dx() : null,
      engine.cast(raw.matmul(engine, flat, half, { a: true }), master),
      ...(bias ? [raw.sum(engine, dy, [0])] : []),
    ]
  })
}

/** x [..., C] plus a vector [C] or a constant table that fits its last axes, such as [N, C]. */
export function addTable(tape: Tape, x: Tensor, table: Tensor): Tensor {
  const { engine } = tape
  const leading = Array.from({ length: x.shape.length - table.shape.length }, (_, axis) => axis)
  return tape.record(raw.add(engine, x, table), [x, table], [], (dy) => [
    tape.needs(x) ? dy : null,
    tape.needs(table) ? raw.sum(engine, dy, leading) : null,
  ])
}

/**
 * Some of the tokens of each clip, in the order given: x [B, N, C] -> [B, K, C].
 * @param places K different numbers below N for each of the B clips
 */
export function gatherTokens(tape: Tape, x: Tensor, places: readonly Uint32Array[]): Tensor {
  const { engine } = tape
  const [b, n, c] = x.shape
  const k = places[0].length
  const y = gather(engine, x, places)
  return tape.record(y, [x], [], (dy) => {
    // What was not taken reads the zeros behind the last row.
    const back = places.map((own) => {
      const from = new Uint32Array(n).fill(k)
      own.forEach((place, i) => (from[place] = i))
      return from
    })
    const zeros = engine.cast(engine.tensor(new Float32Array(b * c), [b, 1, c]), dy.dtype)
    return [gather(engine, raw.concat(engine, [dy, zeros], 1), back)]
  })
}

/** x [B, N, C], places B x K -> [B, K, C] */
function gather(engine: Engine, x: Tensor, places: readonly Uint32Array[]): Tensor {
  const all = Int32Array.from(places.flatMap((own) => [...own]))
  const indices = engine.reshape(engine.passingInts([...all]), [places.length, places[0].length])
  return engine.op(
    'GatherV2',
    [x, indices, engine.ints([1], [])],
    [
      attribute.type('Tparams', x.dtype),
      attribute.type('Tindices', DType.int32),
      attribute.type('Taxis', DType.int32),
      attribute.int('batch_dims', 1),
    ],
  )
}

/**
 * Clips cut into cubes: [B, T, H, W, 3] -> [B, T/t, H/s, W/s, t s s 3], the numbers of a cube by frame,
 * row, column and colour. Frames, rows and columns that do not fill a cube are left out.
 */
export function cubesOf(engine: Engine, clips: Tensor, { frames: t, size: s }: Cube): Tensor {
  const [b, frames, height, width, colours] = clips.shape
  const [T, H, W] = [frames / t, height / s, width / s].map(Math.floor)
  const whole = [b, T * t, H * s, W * s, colours]
  const filled =
    whole.join() === clips.shape.join() ? clips : raw.slice(engine, clips, [0, 0, 0, 0, 0], whole)
  const parted = engine.reshape(filled, [b * T, t, H, s, W, s * colours])
  const sorted = raw.transpose(engine, parted, [0, 2, 4, 1, 3, 5]) // [B T, H, W, t, s, s 3]
  return engine.reshape(sorted, [b, T, H, W, t * s * s * colours])
}
