/**
 * The safetensors file format: 8 bytes with the header's length (u64, little-endian), a JSON header
 * of `{name: {dtype, shape, data_offsets}}` with free text under `__metadata__`, then the data.
 * Only float32 is written. Other floating-point formats are read as float32; integers, such as counts
 * of batches, are no weights and are passed over.
 */

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

/**
 * Reads a safetensors file.
 * @throws Error for bytes that are not a whole safetensors file, or a tensor of a format that is not known.
 */
export function decodeSafetensors(file: Buffer): SafetensorsFile {
  const headerBytes = file.length >= 8 ? Number(file.readBigUInt64LE()) : Infinity
  if (8 + headerBytes > file.length) throw new Error('Not a whole safetensors file: header cut off')
  const header = parseHeader(file.subarray(8, 8 + headerBytes))
  const body = file.subarray(8 + headerBytes)
  const { __metadata__: metadata = {}, ...entries } = header
  const tensors: StateDict = new Map()
  for (const [name, entry] of Object.entries(entries)) {
    const tensor = readTensor(name, entry as HeaderEntry, body)
    if (tensor) tensors.set(name, tensor)
  }
  return { tensors, metadata: metadata as Record<string, string> }
}

function parseHeader(bytes: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString()) as Record<string, unknown>
  } catch {
    throw new Error('Not a safetensors file: its header is no JSON')
  }
}

/** @returns null for integers */
function readTensor(name: string, entry: HeaderEntry, body: Buffer): StateTensor | null {
  const { dtype, shape, data_offsets: offsets } = entry
  if (/^([IU]\d+|BOOL)$/.test(dtype)) return null
  if (!isFloatingPoint(dtype)) {
    throw new Error(`Tensor ${name} is ${dtype}; only F16, BF16, F32 and F64 can be read`)
  }
  const format = numberFormats[dtype]
  const bytes = body.subarray(...offsets)
  const size = shape.reduce((a, b) => a * b, 1)
  if (bytes.length !== format.bytes * size) {
    throw new Error(
      `Tensor ${name} has ${bytes.length} bytes, its shape needs ${format.bytes * size}`,
    )
  }
  const data = new Float32Array(size)
  if (dtype === 'F32') new Uint8Array(data.buffer).set(bytes)
  else for (let i = 0; i < size; i++) data[i] = format.read(bytes, i)
  return { shape, data }
}

function isFloatingPoint(dtype: string): dtype is keyof typeof numberFormats {
  return dtype in numberFormats
}
