import { attribute, type Attribute } from './attributes.ts'
import type { Engine } from './engine.ts'
import { DType, type Tensor } from './tensor.ts'

/** TensorFlow ops by their everyday names, without gradients. Element types follow the inputs. */
export const raw = {
  add: binary('AddV2'),
  subtract: binary('Sub'),
  multiply: binary('Mul'),
  divide: binary('RealDiv'),
  maximum: binary('Maximum'),
  minimum: binary('Minimum'),
  squaredDifference: binary('SquaredDifference'),
  sqrt: unary('Sqrt'),
  rsqrt: unary('Rsqrt'),
  square: unary('Square'),
  exp: unary('Exp'),
  erf: unary('Erf'),
  softmax: unary('Softmax'),
  abs: unary('Abs'),
  sign: unary('Sign'),
  sum: reduction('Sum'),
  mean: reduction('Mean'),
  max: reduction('Max'),

  /** x * factor */
  scale(engine: Engine, x: Tensor, factor: number): Tensor {
    return raw.multiply(engine, x, engine.scalar(factor))
  },

  /** a * b of matrices, each transposed first where asked. */
  matmul: product('MatMul', ['transpose_a', 'transpose_b']),

  /** As `matmul`, for each of a batch of matrices: a [B, M, K] * b [B, K, N] -> [B, M, N] */
  batchMatmul: product('BatchMatMulV2', ['adj_x', 'adj_y']),

  transpose(engine: Engine, x: Tensor, order: readonly number[]): Tensor {
    return engine.op(
      'Transpose',
      [x, engine.ints(order)],
      [attribute.type('T', x.dtype), attribute.type('Tperm', DType.int32)],
    )
  },

  slice(engine: Engine, x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
    return engine.op(
      'Slice',
      [x, engine.ints(begin), engine.ints(size)],
      [attribute.type('T', x.dtype), attribute.type('Index', DType.int32)],
    )
  },

  /** x[begin:end:step] along every axis. */
  every(engine: Engine, x: Tensor, begin: number[], end: number[], step: number[]): Tensor {
    const indices = [begin, end, step].map((values) => engine.ints(values))
    return engine.op('StridedSlice', [x, ...indices], stridedAttributes(x))
  },

  /** Zeros of the shape, with dy at [begin:end:step]. */
  everyGradient(
    engine: Engine,
    shape: readonly number[],
    begin: number[],
    end: number[],
    step: number[],
    dy: Tensor,
  ): Tensor {
    const indices = [shape, begin, end, step].map((values) => engine.ints(values))
    return engine.op('StridedSliceGrad', [...indices, dy], stridedAttributes(dy))
  },

  /** Parts one behind the other along an axis; one part alone is returned as it is. */
  concat(engine: Engine, parts: readonly Tensor[], axis: number): Tensor {
    if (parts.length === 1) return parts[0]
    return engine.op(
      'ConcatV2',
      [...parts, engine.ints([axis], [])],
      [
        attribute.int('N', parts.length),
        attribute.type('T', parts[0].dtype),
        attribute.type('Tidx', DType.int32),
      ],
    )
  },

  /** Cuts x into pieces of the given sizes along an axis. */
  split(engine: Engine, x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
    return engine.ops(
      'SplitV',
      [x, engine.ints(sizes), engine.ints([axis], [])],
      [
        attribute.int('num_split', sizes.length),
        attribute.type('T', x.dtype),
        attribute.type('Tlen', DType.int32),
      ],
      sizes.length,
    )
  },

  /** x repeated along its axes of size 1 until it has the shape. */
  broadcast(engine: Engine, x: Tensor, shape: readonly number[]): Tensor {
    return engine.op(
      'BroadcastTo',
      [x, engine.ints(shape)],
      [attribute.type('T', x.dtype), attribute.type('Tidx', DType.int32)],
    )
  },
}

function unary(name: string) {
  return (engine: Engine, x: Tensor): Tensor => engine.op(name, [x], [attribute.type('T', x.dtype)])
}

/** The smaller of a and b is repeated along its axes of size 1. */
function binary(name: string) {
  return (engine: Engine, a: Tensor, b: Tensor): Tensor =>
    engine.op(name, [a, b], [attribute.type('T', a.dtype)])
}

/** Products of matrices. The last two are the names of the attributes that transpose a and b first. */
function product(name: string, [ofA, ofB]: readonly [string, string]) {
  return (
    engine: Engine,
    a: Tensor,
    b: Tensor,
    transpose: { a?: boolean; b?: boolean } = {},
  ): Tensor =>
    engine.op(
      name,
      [a, b],
      [
        attribute.type('T', a.dtype),
        attribute.bool(ofA, transpose.a ?? false),
        attribute.bool(ofB, transpose.b ?? false),
      ],
    )
}

function reduction(name: string) {
  return (engine: Engine, x: Tensor, axes: readonly number[], keepAxes = false): Tensor =>
    engine.op(
      name,
      [x, engine.ints(axes)],
      [
        attribute.type('T', x.dtype),
        attribute.type('Tidx', DType.int32),
        attribute.bool('keep_dims', keepAxes),
      ],
    )
}

function stridedAttributes(x: Tensor): Attribute[] {
  const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask']
  return [
    attribute.type('T', x.dtype),
    attribute.type('Index', DType.int32),
    ...masks.map((mask) => attribute.int(mask, 0)),
  ]
}
