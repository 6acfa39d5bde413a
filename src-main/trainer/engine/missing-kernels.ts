import { engineOps, type OpUse } from './engine-ops.ts'
import type { KernelsFor, RegisteredKernel } from './registry.ts'
import { DType } from './tensor.ts'

/** A kernel that the engine needs and TensorFlow does not have. */
export interface MissingKernel {
  op: string
  /** Attribute and element type for which there is none. */
  attribute: string
  type: string
}

/**
 * What TensorFlow has no kernel for, of all that the engine uses in a precision.
 * @param device `GPU` also takes what TensorFlow registers for every device
 * @param ops only tests hand in others
 */
export function missingKernels(
  kernelsFor: KernelsFor,
  device: 'CPU' | 'GPU',
  precision: 'float32' | 'bfloat16',
  ops: readonly OpUse[] = engineOps,
): MissingKernel[] {
  return ops.flatMap(({ op, types, onCpu }) => {
    const kernels = kernelsFor(op).filter((kernel) => isFor(kernel, device))
    const uses = [types, ...(onCpu && device === 'CPU' ? [onCpu] : [])].flatMap(Object.entries)
    return uses.flatMap(([attribute, used]: [string, OpUse['types'][string]]) =>
      used
        .filter((type) => type !== 'bfloat16' || precision === 'bfloat16')
        .filter((type) => !kernels.some((kernel) => takes(kernel, attribute, type)))
        .map((type) => ({ op, attribute, type })),
    )
  })
}

/** One sentence for people; null where nothing is missing. */
export function missingSentence(missing: readonly MissingKernel[], device: string): string | null {
  if (missing.length === 0) return null
  const names = missing.map(({ op, type }) => `${op} of ${type}`)
  return `TensorFlow has no ${device} kernel for ${names.join(', ')}. What needs one of these fails. Choose another precision, or another device.`
}

/** What TensorFlow registers of an op for a device, such as `float32, bfloat16`. */
export function typesOn(
  kernels: readonly RegisteredKernel[],
  device: 'CPU' | 'GPU',
  attribute: string,
): string {
  const own = kernels.filter((kernel) => isFor(kernel, device))
  if (own.some(({ types }) => types[attribute] === undefined)) return 'any'
  const numbers = new Set(own.flatMap(({ types }) => types[attribute]))
  const known = Object.entries(DType).filter(([, number]) => numbers.has(number))
  return known.map(([name]) => name).join(', ') || 'none'
}

function isFor({ device }: RegisteredKernel, wanted: 'CPU' | 'GPU'): boolean {
  return device === wanted || device === 'DEFAULT'
}

function takes({ types }: RegisteredKernel, attribute: string, type: keyof typeof DType): boolean {
  const allowed = types[attribute]
  return allowed === undefined || allowed.includes(DType[type])
}
