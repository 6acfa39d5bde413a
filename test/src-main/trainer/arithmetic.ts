import { existsSync } from 'node:fs'
import { kernelFile } from '#main/trainer/engine/kernels.ts'
import { choosePrecision } from '#main/trainer/engine/precision.ts'
import { chooseKernels, processorFlags } from '#main/trainer/engine/processor.mjs'

/** Whether the workbench's own kernels take part here; set-up builds them on Linux. */
export const usesKernels = existsSync(kernelFile() ?? '')

/** Whether they should take part: then a test fails where they are missing. */
export const shouldUseKernels = process.platform === 'linux' && chooseKernels().set !== null

/** Whether those for the matrix unit should. */
export const shouldUseMatrixUnit = shouldUseKernels && chooseKernels().set === 'amx'

/**
 * Whether a run that asks for bfloat16 gets it here. Where it does not, convolutions in bfloat16 are
 * TensorFlow's emulation, which rounds every partial sum and which no run ever uses.
 */
export const getsBfloat16 =
  choosePrecision('bfloat16', { kind: 'CPU', flags: processorFlags() }).precision === 'bfloat16'

/**
 * The largest relative error of rounding one number to the format: half of the distance between two
 * neighbours, relative to the smaller one. The relative error of an array, by its L2 norm, can be no
 * larger, since each element's is not.
 */
export const rounding = { float32: 2 ** -24, bfloat16: 2 ** -8 } as const
export type Format = keyof typeof rounding

/**
 * The relative error of a sum of n products that is computed in float32 and rounded once to the
 * format. Roundings of partial sums are independent, so their errors add in squares: n of them give
 * about sqrt(n) times the rounding of float32; a factor of 4 is left for sums that cancel.
 */
export function sumTolerance(format: Format, n: number): number {
  const once = format === 'float32' ? 0 : rounding[format]
  return once + 4 * Math.sqrt(n) * rounding.float32
}
