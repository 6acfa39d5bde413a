import { attribute, type Attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { Triple } from './conv.ts'

type Pair = readonly [before: number, after: number]

/**
 * Max pooling of x [B, T, H, W, C] where x >= 0, such as after ReLU. Each axis is padded with
 * kernel - stride zeros, the odd one behind, and a last window that is not full counts: what
 * PyTorch's ports of TensorFlow networks do (`ceil_mode`).
 */
export function maxPool(tape: Tape, x: Tensor, kernel: Triple, stride: Triple): Tensor {
  const { engine } = tape
  const pads = [1, 2, 3].map((axis) => paddingOf(x.shape[axis], kernel[axis - 1], stride[axis - 1]))
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
