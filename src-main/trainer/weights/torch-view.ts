import { numberFormats, type NumberFormat } from '../checkpoint/number-formats.ts'
import { sizeOf } from '../engine/tensor.ts'
import type { View } from './torch-objects.ts'
import { WeightsError } from './weights-error.ts'

/** Of one tensor: 4 GB. A view that repeats its storage may claim any size. */
const MOST_VALUES = 2 ** 30

/**
 * The values of a view in the order of its axes.
 * @throws WeightsError where the storage does not hold them all
 */
export function readView(
  name: string,
  { offset, shape, strides }: View,
  bytes: Buffer,
  format: NumberFormat,
): Float32Array {
  const { bytes: width, read } = format
  const size = sizeOf(shape)
  const last = shape.reduce((at, n, axis) => at + (n - 1) * strides[axis], offset)
  if (!(size <= MOST_VALUES) || (size > 0 && !((last + 1) * width <= bytes.length))) {
    throw new WeightsError(`'${name}' is larger than its storage: the file is damaged.`)
  }
  const data = new Float32Array(size)
  if (format === numberFormats.F32 && isContiguous(shape, strides)) {
    new Uint8Array(data.buffer).set(bytes.subarray(4 * offset, 4 * (offset + size)))
    return data
  }
  const index = new Array<number>(shape.length).fill(0)
  for (let i = 0, at = offset; i < data.length; i++) {
    data[i] = read(bytes, at)
    // As an odometer: the last axis turns fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]
      if (++index[axis] < shape[axis]) break
      at -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return data
}

/** Whether neighbours in the tensor are neighbours in the storage, the last axis first. */
function isContiguous(shape: number[], strides: number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]
  }
  return true
}
