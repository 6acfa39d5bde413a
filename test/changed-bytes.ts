import fc from 'fast-check'

export interface Change {
  kind: 'set' | 'extreme' | 'cut' | 'double'
  at: number
  byte: number
}

/** Changes, cuts or doubles some of a file's bytes. */
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('set', 'extreme', 'cut', 'double'),
  at: fc.nat(),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 255)),
})

/** A copy of a file with these changes. */
export function changed(file: Buffer, changes: Change[]): Buffer {
  let bytes = Buffer.from(file)
  for (const { kind, at, byte } of changes) {
    if (bytes.length === 0) break
    const place = at % bytes.length
    if (kind === 'set') bytes[place] = byte
    else if (kind === 'extreme') bytes.fill(byte, place, Math.min(place + 8, bytes.length))
    else if (kind === 'cut') bytes = bytes.subarray(0, place)
    else bytes = Buffer.concat([bytes.subarray(0, place + byte), bytes.subarray(place)])
  }
  return bytes
}

/** One to four changes of a file. */
export const changes = fc.array(change, { minLength: 1, maxLength: 4 })
