import { z } from 'zod'

type Encode = (bytes: Uint8Array) => string

/**
 * How long arrays of numbers travel: as the bytes that they are in memory, in base64. As JSON, a
 * million numbers would be looked at one by one on both sides and hold the host up for a third of a
 * second. All machines that the workbench runs on are little-endian.
 * @param encode bytes to base64; hosts, which send the long ones, have a faster way
 */
export function packedSerializers(encode: Encode = toBase64): Packing[] {
  return [
    packing(20, Float64Array, encode, (bytes) => new Float64Array(bytes)),
    packing(21, Int32Array, encode, (bytes) => new Int32Array(bytes)),
    packing(22, Uint8Array, encode, (bytes) => new Uint8Array(bytes)),
  ]
}

export const float64Schema = z.custom<Float64Array>((value) => value instanceof Float64Array)
export const uint8Schema = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
export const int32Schema = z.custom<Int32Array>((value) => value instanceof Int32Array)

interface Packing {
  /** Names the kind of array on the wire. */
  type: number
  condition: (value: unknown) => boolean
  serialize: (value: unknown) => string
  deserialize: (text: unknown) => ArrayBufferView
}

function packing<Numbers extends ArrayBufferView>(
  type: number,
  kind: new (...args: never[]) => Numbers,
  encode: Encode,
  read: (bytes: ArrayBuffer) => Numbers,
): Packing {
  return {
    type,
    condition: (value) => value instanceof kind,
    serialize: (value) => {
      const { buffer, byteOffset, byteLength } = value as Numbers
      return encode(new Uint8Array(buffer, byteOffset, byteLength))
    },
    deserialize: (text) => read(fromBase64(String(text))),
  }
}

/** Characters made in one call: an argument each, of which engines allow some ten thousand. */
const PIECE = 8192

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += PIECE) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)))
  }
  return btoa(parts.join(''))
}

function fromBase64(text: string): ArrayBuffer {
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i)
  return bytes.buffer
}
