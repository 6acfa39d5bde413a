import fc from 'fast-check'

/** One change of some bytes. `at` and `to` are places as parts of the length. */
interface Change {
  kind: 'flip' | 'number' | 'cut' | 'remove' | 'repeat'
  at: number
  to: number
  bits: number
  value: number
}

/** Numbers that sizes and offsets break at. */
const EDGES = [0, 1, 255, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff]

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('flip', 'flip', 'number', 'cut', 'remove', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  bits: fc.integer({ min: 1, max: 255 }),
  value: fc.constantFrom(...EDGES),
})

/** What befalls a file. */
export const changes = fc.array(change, { minLength: 1, maxLength: 4 })

export function mutated(bytes: Buffer, all: readonly Change[]): Buffer {
  return all.reduce(changed, Buffer.from(bytes))
}

function changed(bytes: Buffer, { kind, at, to, bits, value }: Change): Buffer {
  if (bytes.length < 8) return bytes
  const place = Math.floor(at * (bytes.length - 4))
  const end = Math.min(bytes.length, place + 1 + Math.floor(to * 64))
  switch (kind) {
    case 'flip':
      bytes[place] ^= bits
      return bytes
    case 'number':
      if (bits % 2 === 0) bytes.writeUInt32LE(value, place)
      else bytes.writeUInt32BE(value, place)
      return bytes
    case 'cut':
      return bytes.subarray(0, place)
    case 'remove':
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(end)])
    case 'repeat': {
      const piece = Array<Buffer>(bits).fill(bytes.subarray(place, end))
      return Buffer.concat([bytes.subarray(0, place), ...piece, bytes.subarray(end)])
    }
  }
}

const deep = (depth: number): unknown => (depth === 0 ? [] : [deep(depth - 1)])

/** Values that no field of a file of masks should have, or not all of them. */
const VALUES: readonly unknown[] = [
  ...[null, true, -1, 0, 0.5, 1, 2, 129, 65_536, 2 ** 31, 1e308, -1e308],
  ...['', 'a', '../../etc/passwd', '__proto__', '\u0000', 'x'.repeat(5000), 'b', "b'a'"],
  ...[[], {}, [[]], [null], [[1, 2, 3]], deep(80), Array<number>(10_000).fill(1)],
  ...[
    { size: [5000, 5000], counts: [25_000_000] },
    { size: [1e9, 1e9], counts: '1' },
  ],
  ...[[[0, 0, 1e7, 0, 1e7, 1e7]], [[0, 0, 9, 0, 9, 9]]],
]

/** Places in a JSON value, and what to put there. */
export const replacements = fc.array(
  fc.record({
    path: fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }),
    value: fc.constantFrom(...VALUES),
  }),
  { minLength: 1, maxLength: 3 },
)

/** @returns the JSON text of `value` with some of its parts replaced */
export function replaced(
  value: unknown,
  all: readonly { path: readonly number[]; value: unknown }[],
): string {
  const copy = structuredClone(value)
  for (const { path, value: part } of all) {
    let at = copy as Record<string, unknown>
    path.forEach((step, i) => {
      const keys = Object.keys(at)
      if (keys.length === 0) return
      const key = keys[step % keys.length]
      const next = at[key]
      const goesOn = i < path.length - 1 && typeof next === 'object' && next !== null
      if (goesOn) at = next as Record<string, unknown>
      else at[key] = structuredClone(part)
    })
  }
  return JSON.stringify(copy)
}
