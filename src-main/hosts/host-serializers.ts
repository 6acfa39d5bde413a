import { packedSerializers } from '#shared/contract/packed.ts'

/** How a host sends long arrays of numbers. */
export const hostSerializers = packedSerializers(({ buffer, byteOffset, byteLength }) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
)
