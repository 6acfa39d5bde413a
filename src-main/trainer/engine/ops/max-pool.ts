import { attribute, type Attribute } from '../attributes.ts'
import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'
import type { Triple } from './conv-geometry.ts'
import { paddingOf, samePadding, type PaddingRule, type Pair } from './padding.ts'

export interface PoolGeometry {
  kernel: Triple
  stride: Triple
  padding: PaddingRule
}

/**
 * Max pooling of x [B, T, H, W, C] where x >= 0, such as after ReLU, so that zeros around change
 * nothing.
 */
export function maxPool(tape: Tape, x: Tensor, { kernel, stride, padding }: PoolGeometry): Tensor {
  const { engine } = tape
  const pads = paddingOf(padding, x.shape, kernel, stride)
  const windows = { kernel, stride, pads }
  if (engine.kernels.maxPool && x.dtype !== DType.float64) return remembering(tape, x, windows)
  // On a processor, TensorFlow's op does not know float64, and its gradient counts every one of equal
  // values: what was pooled before has many, since windows that overlap find the same value.
  if (engine.info.device === 'CPU') return axisByAxis(tape, x, windows)
  const ofSame = paddingOf(samePadding, x.shape, kernel, stride)
  const same = pads.flat().join() === ofSame.flat().join()
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

function pad(tape: Tape, x: Tensor, pads: readonly Pair[]): Tensor {
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
  pads: readonly Pair[]
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

/**
 * The same from single ops, along one axis after the other. Of equal values the first takes the
 * gradient.
 */
function axisByAxis(tape: Tape, x: Tensor, { kernel, stride, pads }: Windows): Tensor {
  return [2, 1, 0].reduce((pooled, i) => {
    const isWhole = kernel[i] === 1 && stride[i] === 1
    return isWhole ? pooled : alongAxis(tape, pooled, i + 1, [kernel[i], stride[i], pads[i]])
  }, x)
}

function alongAxis(
  tape: Tape,
  x: Tensor,
  axis: number,
  [kernel, stride, [before, after]]: readonly [number, number, Pair],
): Tensor {
  const { engine } = tape
  const none: Pair = [0, 0]
  const around = [1, 2, 3].map((other) => (other === axis ? ([before, after] as const) : none))
  const input = before + after === 0 ? x : pad(tape, x, around)
  const { shape } = input
  const steps = shape.map((_, i) => (i === axis ? stride : 1))
  const begins = range(kernel).map((tap) => shape.map((_, i) => (i === axis ? tap : 0)))
  const ends = begins.map((begin) =>
    shape.map((n, i) => (i === axis ? n - kernel + begin[i] + 1 : n)),
  )
  const taps = begins.map((begin, tap) => raw.every(engine, input, begin, ends[tap], steps))
  const y = taps.reduce((largest, tap) => raw.maximum(engine, largest, tap))
  return tape.record(y, [x], [y, ...taps], (dy) => {
    let rest = dy
    const parts = taps.map((tap, i) => {
      const chosen = engine.op('Equal', [tap, y], [attribute.type('T', x.dtype)])
      const share = raw.multiply(engine, rest, engine.cast(chosen, x.dtype))
      rest = raw.subtract(engine, rest, share)
      return raw.everyGradient(engine, shape, begins[i], ends[i], steps, share)
    })
    const dInput = parts.reduce((sum, part) => raw.add(engine, sum, part))
    return [raw.slice(engine, dInput, [0, ...around.map(([first]) => first), 0], x.shape)]
  })
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}
