import type { DType } from './tensor.ts'

type TypeName = keyof typeof DType

/** An op of TensorFlow that the engine uses, with the element types that it uses of each attribute. */
export interface OpUse {
  op: string
  types: Readonly<Record<string, readonly TypeName[]>>
  /** Those that it uses on a processor beside them. */
  onCpu?: Readonly<Record<string, readonly TypeName[]>>
}

/** Activations are in the arithmetic of a run, weights and losses in float32. */
const BOTH = ['float32', 'bfloat16'] as const
const MASTER = ['float32'] as const
const INDEX = ['int32'] as const

const use = (op: string, types: OpUse['types'], onCpu?: OpUse['onCpu']): OpUse => ({
  op,
  types,
  onCpu,
})

/**
 * Every op of TensorFlow's own that the trainer uses; tests compare the table with the sources and with
 * what the methods run. The workbench's own ops are not here: they are for processors, and each has ops of
 * TensorFlow in its place.
 */
export const engineOps: readonly OpUse[] = [
  use('Abs', { T: MASTER }),
  use('AddV2', { T: BOTH }),
  use('ArgMax', { T: MASTER, Tidx: INDEX, output_type: INDEX }),
  use('BatchMatMulV2', { T: BOTH }),
  use('BiasAddGrad', { T: BOTH }),
  // Bits of bfloat16 as integers, on processors alone.
  use('Bitcast', {}, { T: ['bfloat16', 'int16'], type: ['bfloat16', 'int16'] }),
  use('BroadcastTo', { T: BOTH, Tidx: INDEX }),
  use('Cast', { SrcT: ['float32', 'bfloat16', 'bool', 'int32'], DstT: BOTH }),
  use('ConcatV2', { T: BOTH, Tidx: INDEX }),
  use('Conv2D', { T: BOTH }),
  use('Conv2DBackpropFilter', { T: BOTH }),
  use('Conv2DBackpropInput', { T: BOTH }),
  use('Conv3D', { T: BOTH }),
  use('Conv3DBackpropFilterV2', { T: BOTH }),
  use('Conv3DBackpropInputV2', { T: BOTH, Tshape: INDEX }),
  use('Equal', { T: BOTH }),
  use('Erf', { T: MASTER }),
  use('Exp', { T: MASTER }),
  use('ExtractVolumePatches', { T: BOTH }),
  use('FusedBatchNormGradV3', { T: BOTH, U: MASTER }),
  use('FusedBatchNormV3', { T: BOTH, U: MASTER }),
  use('GatherV2', { Tparams: BOTH, Tindices: INDEX, Taxis: INDEX }),
  use('Greater', { T: MASTER }),
  use('L2Loss', { T: MASTER }),
  use('LeakyRelu', { T: BOTH }),
  use('LeakyReluGrad', { T: BOTH }),
  use('Log', { T: MASTER }),
  use('LogSoftmax', { T: MASTER }),
  use('MatMul', { T: BOTH }),
  use('Max', { T: MASTER, Tidx: INDEX }),
  use('MaxPool3D', { T: BOTH }),
  use('MaxPool3DGrad', { T: BOTH, TInput: BOTH }),
  use('Maximum', { T: BOTH }),
  use('Mean', { T: BOTH, Tidx: INDEX }),
  use('Minimum', { T: MASTER }),
  use('Mul', { T: BOTH }),
  use('OneHot', { T: MASTER, TI: INDEX }),
  use('Pad', { T: BOTH, Tpaddings: INDEX }),
  use('RealDiv', { T: MASTER }),
  use('Relu', { T: BOTH }, { T: ['int16'] }),
  use('ReluGrad', { T: BOTH }, { T: ['int16'] }),
  use('Reshape', { T: [...BOTH, 'int32'], Tshape: INDEX }),
  // Of maps of float32, whatever the arithmetic of a run.
  use('ResizeBilinear', { T: MASTER }),
  use('ResizeBilinearGrad', { T: MASTER }),
  use('Rsqrt', { T: MASTER }),
  use('Sigmoid', { T: BOTH }),
  use('SigmoidGrad', { T: BOTH }),
  use('Sign', { T: MASTER }),
  use('Slice', { T: BOTH, Index: INDEX }),
  use('Softmax', { T: BOTH }),
  use('SoftmaxCrossEntropyWithLogits', { T: MASTER }),
  use('Softplus', { T: MASTER }),
  use('SparseSoftmaxCrossEntropyWithLogits', { T: MASTER, Tlabels: INDEX }),
  use('SplitV', { T: BOTH, Tlen: INDEX }),
  use('Sqrt', { T: MASTER }),
  use('Square', { T: BOTH }),
  use('SquaredDifference', { T: BOTH }),
  use('StridedSlice', { T: BOTH, Index: INDEX }),
  use('StridedSliceGrad', { T: BOTH, Index: INDEX }),
  use('Sub', { T: BOTH }),
  use('Sum', { T: BOTH, Tidx: INDEX }),
  use('Tanh', { T: BOTH }),
  use('TanhGrad', { T: BOTH }),
  use('TopKV2', { T: MASTER }),
  use('Transpose', { T: BOTH, Tperm: INDEX }),
]
