import { attribute, type Attribute } from '../attributes.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'

/** Sizes along time, height and width. */
export type Triple = readonly [number, number, number]

/** Every stride-th element of x [B, T, H, W, C] along time, height and width. */
export function subsample(tape: Tape, x: Tensor, stride: Triple): Tensor {
  const { engine } = tape
  const begin = engine.ints([0, 0, 0, 0, 0])
  const steps = engine.ints([1, ...stride, 1])
  const shape = engine.ints(x.shape)
  const y = engine.op('StridedSlice', [x, begin, shape, steps], attributesOf(x))
  return tape.record(y, [x], [], (dy) => [
    engine.op('StridedSliceGrad', [shape, begin, shape, steps, dy], attributesOf(x)),
  ])
}

function attributesOf(x: Tensor): Attribute[] {
  const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask']
  return [
    attribute.type('T', x.dtype),
    attribute.type('Index', DType.int32),
    ...masks.map((mask) => attribute.int(mask, 0)),
  ]
}
