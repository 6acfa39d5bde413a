/**
 * The safetensors file format: 8 bytes with the header's length (u64, little-endian), a JSON header
 * of `{name: {dtype, shape, data_offsets}}` with free text under `__metadata__`, then the data.
 * Only float32 is written. Other floating-point formats are read as float32; integers, such as counts
 * of batches, are no weights and are passed over.
 */

import { z } from 'zod'
import { bytesOf, type ByteSource } from './byte-source.ts'
import { numberFormats } from './number-formats.ts'

export interface StateTensor {
  shape: number[]
  data: Float32Array
}
export type StateDict = Map<string, StateTensor>

export interface SafetensorsFile {
  tensors: StateDict
  metadata: Record<string, string>
}

interface HeaderEntry {
  dtype: string
  shape: number[]
  data_offsets: [number, number]
}

/** The bytes of a safetensors file. Data starts at a multiple of 8, names keep the map's order. */
export function encodeSafetensors({ tensors, metadata }: SafetensorsFile): Buffer {
  const header: Record<string, HeaderEntry | Record<string, string>> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const text = Buffer.from(JSON.stringify(header))
  const headerBytes = Math.ceil(text.length / 8) * 8
  const file = Buffer.alloc(8 + headerBytes + offset, ' ')
  file.writeBigUInt64LE(BigInt(headerBytes))
  text.copy(file, 8)
  let at = 8 + headerBytes
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return file
}

/** Bytes of a header: the format's own limit. */
const LARGEST_HEADER = 100_000_000

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).max(16),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
})

/** A tensor as the header describes it. */
export interface StoredTensor {
  /** Such as `F32`; those of `numberFormats` can be read. */
  dtype: string
  shape: number[]
  /** In the file. */
  at: number
  bytes: number
}

export interface SafetensorsHeader {
  tensors: Map<string, StoredTensor>
  metadata: Record<string, string>
}

/**
 * Reads the header of a safetensors file and checks that the file has all the bytes it speaks of.
 * @throws Error for bytes that are not a whole safetensors file
 */
export function readSafetensorsHeader(source: ByteSource): SafetensorsHeader {
  const length = source.length >= 8 ? Number(source.read(0, 8).readBigUInt64LE()) : Infinity
  if (8 + length > source.length)
    throw new Error('Not a complete safetensors file: the header is cut off')
  if (length > LARGEST_HEADER) {
    throw new Error(`Not a safetensors file: its header would have ${length} bytes`)
  }
  const { __metadata__: metadata = {}, ...entries } = parseHeader(source.read(8, length))
  const tensors = new Map<string, StoredTensor>()
  for (const [name, entry] of Object.entries(entries)) {
    const parsed = entrySchema.safeParse(entry)
    if (!parsed.success) throw new Error(`The header is damaged at the tensor ${name}`)
    const { dtype, shape, data_offsets: offsets } = parsed.data
    const bytes = offsets[1] - offsets[0]
    const at = 8 + length + offsets[0]
    if (bytes < 0 || at + bytes > source.length) {
      throw new Error(`Tensor ${name} is beyond the end of the file, which is cut off or damaged`)
    }
    const width = isFloatingPoint(dtype) ? numberFormats[dtype].bytes : null
    if (width !== null && bytes !== width * sizeOf(shape)) {
      throw new Error(
        `Tensor ${name} has ${bytes} bytes, but its shape needs ${width * sizeOf(shape)}`,
      )
    }
    tensors.set(name, { dtype, shape, at, bytes })
  }
  return { tensors, metadata: metadata as Record<string, string> }
}

/** The values of a tensor. @throws Error where its format cannot be read */
export function readStoredTensor(source: ByteSource, tensor: StoredTensor): Float32Array {
  const { dtype, shape, at, bytes } = tensor
  if (!isFloatingPoint(dtype)) {
    throw new Error(`A tensor of ${dtype} cannot be read; only F16, BF16, F32 and F64 can`)
  }
  const stored = source.read(at, bytes)
  const data = new Float32Array(sizeOf(shape))
  if (dtype === 'F32') new Uint8Array(data.buffer).set(stored)
  else for (let i = 0; i < data.length; i++) data[i] = numberFormats[dtype].read(stored, i)
  return data
}

/** Whether a tensor is one of counts or flags, which are no weights. */
export function isCount(dtype: string): boolean {
  return /^([IU]\d+|BOOL)$/.test(dtype)
}

export function isFloatingPoint(dtype: string): dtype is keyof typeof numberFormats {
  return Object.hasOwn(numberFormats, dtype)
}

/**
 * Reads a whole safetensors file.
 * @throws Error for bytes that are not one, or a tensor of a format that is not known.
 */
export function decodeSafetensors(file: Buffer): SafetensorsFile {
  const source = bytesOf(file)
  const { tensors: stored, metadata } = readSafetensorsHeader(source)
  const tensors: StateDict = new Map()
  for (const [name, tensor] of stored) {
    if (isCount(tensor.dtype)) continue
    if (!isFloatingPoint(tensor.dtype)) {
      throw new Error(`Tensor ${name} is ${tensor.dtype}; only F16, BF16, F32 and F64 can be read`)
    }
    tensors.set(name, { shape: tensor.shape, data: readStoredTensor(source, tensor) })
  }
  return { tensors, metadata }
}

function parseHeader(bytes: Buffer): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(bytes.toString())
  } catch {
    throw new Error('Not a safetensors file: its header is not JSON')
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new Error('Not a safetensors file: its header is not a table')
  }
  return header as Record<string, unknown>
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1)
}
