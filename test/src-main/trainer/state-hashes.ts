import { createHash } from 'node:crypto'
import type { StateDict } from '#main/trainer/networks/weights.ts'

/**
 * The names and shapes of a state's entries, each with a hash of its bytes. To compare millions of
 * numbers one by one takes a test half a minute.
 * @param state left out: there is none
 */
export function hashes(state: StateDict | undefined): [name: string, contents: string][] | null {
  if (!state) return null
  return [...state].map(([name, { shape, data }]) => [name, `${shape.join()} ${hashOf(data)}`])
}

/** SHA-256 of the bytes of numbers, hexadecimal. */
export function hashOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash('sha256')
    .update(Buffer.from(buffer, byteOffset, byteLength))
    .digest('hex')
}
