import { describe, expect, it } from 'vitest'
import { hostSerializers } from '#main/hosts/host-serializers.ts'
import { packedSerializers } from '#shared/contract/packed.ts'

/** As a value arrives on the other side. */
function sent(value: ArrayBufferView, serializers = packedSerializers()): unknown {
  const packing = serializers.find(({ condition }) => condition(value))!
  return packing.deserialize(JSON.parse(JSON.stringify(packing.serialize(value))))
}

describe('packed numbers', () => {
  it('arrive bit for bit, whatever their number', () => {
    const odd = Float64Array.of(0.1, -0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE)
    const many = Float64Array.from({ length: 20_001 }, (_, i) => Math.sin(i))
    for (const numbers of [new Float64Array(0), odd, many, many.subarray(3, 9)]) {
      expect(sent(numbers)).toEqual(numbers)
      expect(sent(numbers, hostSerializers)).toEqual(numbers)
    }
    const ids = Int32Array.of(1, -1, 2 ** 31 - 1, -(2 ** 31))
    expect(sent(ids)).toEqual(ids)
  })

  it('are those of a view alone, and little-endian float64 as other programs read it', () => {
    const view = Float64Array.of(7, 1, 8).subarray(1, 2)
    expect(sent(view)).toEqual(Float64Array.of(1))
    const [packing] = packedSerializers()
    // IEEE 754: 1.0 is 0x3ff0000000000000.
    expect(packing.serialize(view)).toBe('AAAAAAAA8D8=')
  })
})
