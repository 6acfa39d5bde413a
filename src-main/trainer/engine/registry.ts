import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { setupFolder } from '../../base/processes/entry-path.ts'

/** A kernel that TensorFlow has: numbers of element types that it takes, by attribute. */
export interface RegisteredKernel {
  /** `CPU`, `GPU`, or `DEFAULT` for every device. */
  device: string
  /** Attributes that are not named take any type. */
  types: Readonly<Record<string, readonly number[]>>
}

/** Kernels of an op; none for a name that TensorFlow does not know. */
export type KernelsFor = (op: string) => RegisteredKernel[]

/**
 * TensorFlow's own registry of kernels. TensorFlow must have been loaded.
 * @param out the folder that set-up writes to
 * @returns null where set-up has not built its reader, or it does not load
 */
export function loadRegistry(out = setupFolder()): KernelsFor | null {
  const file = join(out, 'kernels', 'registry.node')
  if (!existsSync(file)) return null
  const loaded: { exports: { kernelsFor?: (op: string) => Uint8Array } } = { exports: {} }
  try {
    process.dlopen(loaded, file)
  } catch {
    return null
  }
  const { kernelsFor } = loaded.exports
  return kernelsFor ? (op) => parseKernels(kernelsFor(op)) : null
}

/** Field numbers of `tensorflow/core/framework/kernel_def.proto` and `attr_value.proto`. */
const LIST = { kernel: 1 }
const KERNEL = { device: 2, constraint: 3 }
const CONSTRAINT = { name: 1, allowed: 2 }
const VALUE = { list: 1 }
const VALUES = { type: 6 }

/** @param bytes a `KernelList` */
export function parseKernels(bytes: Uint8Array): RegisteredKernel[] {
  return fieldsOf(bytes).flatMap(({ field, content }) =>
    field === LIST.kernel ? [parseKernel(content)] : [],
  )
}

function parseKernel(bytes: Uint8Array): RegisteredKernel {
  let device = ''
  const types: Record<string, number[]> = {}
  for (const { field, content } of fieldsOf(bytes)) {
    if (field === KERNEL.device) device = new TextDecoder().decode(content)
    else if (field === KERNEL.constraint) {
      const { name, allowed } = parseConstraint(content)
      types[name] = allowed
    }
  }
  return { device, types }
}

function parseConstraint(bytes: Uint8Array): { name: string; allowed: number[] } {
  let name = ''
  let allowed: number[] = []
  for (const { field, content } of fieldsOf(bytes)) {
    if (field === CONSTRAINT.name) name = new TextDecoder().decode(content)
    else if (field === CONSTRAINT.allowed) allowed = parseTypes(content)
  }
  return { name, allowed }
}

function parseTypes(bytes: Uint8Array): number[] {
  const lists = fieldsOf(bytes).filter(({ field }) => field === VALUE.list)
  return lists.flatMap(({ content }) =>
    fieldsOf(content).flatMap(({ field, content: packed }) => {
      if (field !== VALUES.type) return []
      const reader = new BinaryReader(packed)
      const numbers: number[] = []
      while (reader.pos < reader.len) numbers.push(reader.int32())
      return numbers
    }),
  )
}

/** The fields of a message that have a length; a single number counts as one that holds it alone. */
function fieldsOf(bytes: Uint8Array): { field: number; content: Uint8Array }[] {
  const reader = new BinaryReader(bytes)
  const fields: { field: number; content: Uint8Array }[] = []
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    const from = reader.pos
    if (wire === WireType.LengthDelimited) fields.push({ field, content: reader.bytes() })
    else {
      reader.skip(wire, field)
      fields.push({ field, content: bytes.subarray(from, reader.pos) })
    }
  }
  return fields
}
