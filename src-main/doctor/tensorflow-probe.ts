/**
 * A short-lived process that loads TensorFlow, computes one convolution whose result is known, and
 * prints what it found as JSON: set-up's proof that training works, and the doctor's source.
 * Exits with 1 and the reason on stderr when TensorFlow is not usable.
 */
import { createRequire } from 'node:module'
import util from 'node:util'
import { loadKernels, onGpu, type KernelUse } from '../trainer/engine/kernels.ts'

export interface TensorFlowFacts {
  version: string
  device: 'CPU' | 'GPU'
  kernels: Pick<KernelUse, 'use' | 'problem'>
}

interface TensorFlow {
  backend(): { binding: { TF_Version: string; isUsingGpuDevice(): boolean } }
  ones(shape: number[]): unknown
  conv3d(
    input: unknown,
    filter: unknown,
    strides: number,
    padding: 'valid',
  ): { shape: number[]; data(): Promise<Float32Array> }
}

async function probe(): Promise<TensorFlowFacts> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  // Node 23 removed two functions that TensorFlow.js calls.
  const isNullOrUndefined = (value: unknown): boolean => value === null || value === undefined
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray })
  const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as TensorFlow
  const { binding } = tf.backend()
  await convolve(tf)
  const device = binding.isUsingGpuDevice() ? 'GPU' : 'CPU'
  const { use, problem } = device === 'GPU' ? onGpu : loadKernels()
  return { version: binding.TF_Version, device, kernels: { use, problem } }
}

/** Ones under a filter of ones: every output is the number of values that the filter covers. */
async function convolve(tf: TensorFlow): Promise<void> {
  const input = tf.ones([1, 4, 8, 8, 3]) // [B, T, H, W, C]
  const filter = tf.ones([3, 3, 3, 3, 5]) // [T, H, W, C, out]
  const output = tf.conv3d(input, filter, 1, 'valid') // [1, 2, 6, 6, 5]
  const values = await output.data()
  if (values.length !== 2 * 6 * 6 * 5 || values.some((value) => value !== 81))
    throw new Error(`A convolution whose outputs are all 81 gave ${values.slice(0, 4).join(', ')}.`)
}

try {
  process.stdout.write(`${JSON.stringify(await probe())}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
