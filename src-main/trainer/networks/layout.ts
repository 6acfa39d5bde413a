import { sizeOf } from '../engine/tensor.ts'

/**
 * How one entry of a network's state is kept: PyTorch has [out, in, t, h, w], [out, in] or [C];
 * TensorFlow wants [t, h, w, in, out], [in, out] or [C]. Channels may be padded: the processor's
 * kernels are many times faster when there are a multiple of 16. Padding channels hold zeros and stay
 * zero in training, as their scale and the weights that read them are zero.
 */
export interface Layout {
  /** PyTorch's shape. */
  shape: readonly number[]
  /** Shape inside, padding included. */
  inner: readonly number[]
  /** Value of the padding. */
  fill: number
}

/** n, or the next multiple of 16. */
export function paddedChannels(n: number): number {
  return Math.ceil(n / 16) * 16
}

/** From PyTorch's order to the inner one. @throws RangeError when the length does not fit. */
export function toInner(layout: Layout, data: Float32Array): Float32Array {
  if (data.length !== sizeOf(layout.shape)) {
    throw new RangeError(
      `Expected ${sizeOf(layout.shape)} values for the shape [${layout.shape.join(', ')}], got ${data.length}.`,
    )
  }
  const inner = new Float32Array(sizeOf(layout.inner)).fill(layout.fill)
  eachPair(layout, (outer, inside) => (inner[inside] = data[outer]))
  return inner
}

/** From the inner order to PyTorch's. */
export function fromInner(layout: Layout, inner: Float32Array): Float32Array {
  const data = new Float32Array(sizeOf(layout.shape))
  eachPair(layout, (outer, inside) => (data[outer] = inner[inside]))
  return data
}

/** Calls `visit` with the flat index of every value in PyTorch's order and in the inner one. */
function eachPair(layout: Layout, visit: (outer: number, inside: number) => void): void {
  const { shape, inner } = layout
  if (shape.length === 1) {
    for (let i = 0; i < shape[0]; i++) visit(i, i)
    return
  }
  const [out, inputs] = shape
  const taps = sizeOf(shape.slice(2))
  const innerInputs = inner[inner.length - 2]
  const innerOut = inner[inner.length - 1]
  for (let o = 0, outer = 0; o < out; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let tap = 0; tap < taps; tap++, outer++) {
        visit(outer, (tap * innerInputs + i) * innerOut + o)
      }
    }
  }
}
