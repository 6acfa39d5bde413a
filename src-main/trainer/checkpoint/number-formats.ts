/** Bytes of one number, and how number i is read from little-endian bytes. */
export interface NumberFormat {
  bytes: number
  read: (bytes: Buffer, i: number) => number
}

/** Floating-point formats by safetensors' names. */
export const numberFormats: Record<'F16' | 'BF16' | 'F32' | 'F64', NumberFormat> = {
  F16: { bytes: 2, read: (bytes, i) => halfFloat(bytes.readUInt16LE(2 * i)) },
  BF16: { bytes: 2, read: (bytes, i) => brainFloat(bytes.readUInt16LE(2 * i)) },
  F32: { bytes: 4, read: (bytes, i) => bytes.readFloatLE(4 * i) },
  F64: { bytes: 8, read: (bytes, i) => bytes.readDoubleLE(8 * i) },
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const word = new DataView(new ArrayBuffer(4))

/** The upper half of a float32. */
function brainFloat(bits: number): number {
  word.setUint32(0, bits << 16)
  return word.getFloat32(0)
}
