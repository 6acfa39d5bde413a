import { attribute, type Attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { Triple } from './conv-geometry.ts'

type Pair = readonly [before: number, after: number]

/**
 * Max pooling of x [B, T, H, W, C] where x >= 0, such as after ReLU. Each axis is padded with
 * kernel - stride zeros, the odd one behind, and a last window that is not full counts: what
 * PyTorch's ports of TensorFlow networks do (`ceil_mode`).
 */
export function maxPool(tape: Tape, x: Tensor, kernel: Triple, stride: Triple): Tensor {
  const { engine } = tape
  const pads = [1, 2, 3].map((axis) => paddingOf(x.shape[axis], kernel[axis - 1], stride[axis - 1]))
  const windows = { kernel, stride, pads }
  if (x.dtype === DType.float64) return plain(tape, x, windows)
  if (engine.kernels.maxPool) return remembering(tape, x, windows)
  const same = [1, 2, 3].every((axis) =>
    isSame(x.shape[axis], kernel[axis - 1], stride[axis - 1], pads[axis - 1]),
  )
  const method = same ? 'SAME' : 'VALID'
  const input = same ? x : pad(tape, x, pads)
  const attributes = attributesOf(kernel, stride, method)
  const y = engine.op('MaxPool3D', [input], [attribute.type('T', x.dtype), ...attributes])
  return tape.record(y, [x], [input, y], (dy) => {
    const types = [attribute.type('T', x.dtype), attribute.type('TInput', x.dtype)]
    const dInput = engine.op('MaxPool3DGrad', [input, y, dy], [...types, ...attributes])
    const begin = [0, ...pads.map(([before]) => before), 0]
    return [same ? dInput : raw.slice(engine, dInput, begin, x.shape)]
  })
}

function paddingOf(n: number, kernel: number, stride: number): Pair {
  const total = Math.max(kernel - stride, 0)
  const before = Math.floor(total / 2)
  const windows = Math.ceil((n + total - kernel) / stride) + 1
  return [before, (windows - 1) * stride + kernel - n - before]
}

/** Whether TensorFlow's SAME would pad alike. */
function isSame(n: number, kernel: number, stride: number, [before, after]: Pair): boolean {
  const total = Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0)
  return before === Math.floor(total / 2) && before + after === total
}

function pad(tape: Tape, x: Tensor, pads: Pair[]): Tensor {
  const { engine } = tape
  return engine.op(
    'Pad',
    [x, engine.ints([0, 0, ...pads.flat(), 0, 0], [5, 2])],
    [attribute.type('T', x.dtype), attribute.type('Tpaddings', DType.int32)],
  )
}

function attributesOf(kernel: Triple, stride: Triple, padding: string): Attribute[] {
  return [
    attribute.ints('ksize', [1, ...kernel, 1]),
    attribute.ints('strides', [1, ...stride, 1]),
    attribute.string('padding', padding),
    attribute.string('data_format', 'NDHWC'),
  ]
}

interface Windows {
  kernel: Triple
  stride: Triple
  pads: Pair[]
}

/** By the workbench's own op, which notes what it has taken. */
function remembering(tape: Tape, x: Tensor, { kernel, stride, pads }: Windows): Tensor {
  const { engine } = tape
  const attributes = [
    attribute.type('T', x.dtype),
    attribute.ints('kernel', [...kernel]),
    attribute.ints('strides', [...stride]),
    attribute.ints('pads', pads.flat()),
  ]
  const [y, taken] = engine.ops('FameMaxPool', [x], attributes, 2)
  const size = attribute.ints('size', x.shape.slice(1, 4))
  return tape.record(y, [x], [taken], (dy) => [
    engine.op('FameMaxPoolGrad', [dy, taken], [...attributes, size]),
  ])
}

/** The same from single ops, for element types that the pooling op does not know. */
function plain(tape: Tape, x: Tensor, { kernel, stride, pads }: Windows): Tensor {
  const { engine } = tape
  const input = pad(tape, x, pads)
  const offsets = range(kernel[0]).flatMap((t) =>
    range(kernel[1]).flatMap((h) => range(kernel[2]).map((w) => [0, t, h, w, 0])),
  )
  const ends = (offset: number[]): number[] =>
    input.shape.map((n, i) => (i % 4 === 0 ? n : n - kernel[i - 1] + offset[i] + 1))
  const steps = [1, ...stride, 1]
  const taps = offsets.map((offset) => raw.every(engine, input, offset, ends(offset), steps))
  const y = taps.reduce((largest, tap) => raw.maximum(engine, largest, tap))
  return tape.record(y, [x], [y, ...taps], (dy) => {
    let rest = dy
    const parts = taps.map((tap, i) => {
      const chosen = engine.op('Equal', [tap, y], [attribute.type('T', x.dtype)])
      // Of equal values the first takes the gradient.
      const share = raw.multiply(engine, rest, engine.cast(chosen, x.dtype))
      rest = raw.subtract(engine, rest, share)
      return raw.everyGradient(engine, input.shape, offsets[i], ends(offsets[i]), steps, share)
    })
    const dInput = parts.reduce((sum, part) => raw.add(engine, sum, part))
    return [raw.slice(engine, dInput, [0, ...pads.map(([before]) => before), 0], x.shape)]
  })
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}
