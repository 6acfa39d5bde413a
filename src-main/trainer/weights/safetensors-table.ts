import type { ByteSource } from '../checkpoint/byte-source.ts'
import {
  isCount,
  isFloatingPoint,
  readSafetensorsHeader,
  readStoredTensor,
} from '../checkpoint/safetensors.ts'
import type { WeightsTable } from './weights-table.ts'

/**
 * The tensors of a safetensors file.
 * @throws Error for what is not a whole safetensors file
 */
export function readSafetensorsTable(source: ByteSource): WeightsTable {
  const { tensors } = readSafetensorsHeader(source)
  const shapes = new Map<string, number[]>()
  const unreadable = new Map<string, string>()
  for (const [name, { dtype, shape }] of tensors) {
    if (isFloatingPoint(dtype)) shapes.set(name, shape)
    else if (!isCount(dtype)) unreadable.set(name, dtype)
  }
  const read = async (name: string): Promise<Float32Array> =>
    readStoredTensor(source, tensors.get(name)!)
  return { shapes, unreadable, read }
}
