import { expect, it } from 'vitest'
import { drawn } from '#shared/random/drawn.ts'
import { Rng } from '#shared/random/rng.ts'

it('draws as many values as asked for, in the order of the generator', () => {
  const [one, other] = [new Rng(3), new Rng(3)]
  const values = drawn(5, () => one.normal())
  expect(values).toEqual(Float32Array.from([1, 2, 3, 4, 5], () => other.normal()))
  expect(one.uint32()).toBe(other.uint32())
})
