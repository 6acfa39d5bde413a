/** TensorFlow's numbers for the element types that the trainer uses (`TF_DataType`). */
export const DType = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  bool: 10,
  bfloat16: 14,
} as const
export type DType = (typeof DType)[keyof typeof DType]

/**
 * A tensor that lives in TensorFlow. Row-major, channels last. It belongs to the innermost
 * `Engine.scope` and is freed with it, unless held.
 */
export class Tensor {
  /** The binding's number for it. */
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: DType
  /** How often it is kept beyond its scope: see `Engine.hold`. */
  holds = 0
  /** Whether a scope still owns it. */
  scoped = true

  constructor(id: number, shape: readonly number[], dtype: DType) {
    this.id = id
    this.shape = shape
    this.dtype = dtype
  }
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1)
}
