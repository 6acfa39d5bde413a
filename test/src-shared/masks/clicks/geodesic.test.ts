import { expect, test } from 'vitest'
import { geodesicDistance } from '#shared/masks/clicks/geodesic.ts'
import { Rng } from '#shared/random/rng.ts'

/** By relaxing every step until nothing changes. */
function relaxed(
  from: readonly number[],
  { width, height }: { width: number; height: number },
  { right, below }: { right: Float32Array; below: Float32Array },
): number[] {
  const distance = Array.from({ length: width * height }, (_, p) =>
    from.includes(p) ? 0 : Infinity,
  )
  for (let round = 0; round < width * height; round++) {
    for (let p = 0; p < distance.length; p++) {
      for (const [q, cost] of [
        [(p + 1) % width === 0 ? -1 : p + 1, right[p]],
        [p + width < distance.length ? p + width : -1, below[p]],
      ] as const) {
        if (q < 0) continue
        distance[q] = Math.min(distance[q], distance[p] + cost)
        distance[p] = Math.min(distance[p], distance[q] + cost)
      }
    }
  }
  return distance
}

test('the distance to each pixel is the cost of the cheapest way', () => {
  const rng = new Rng(4)
  for (let trial = 0; trial < 20; trial++) {
    const size = { width: 1 + rng.int(9), height: 1 + rng.int(9) }
    const pixels = size.width * size.height
    // Costs over four powers of ten, so that steps stay in a bucket and leave it.
    const draw = () => Float32Array.from({ length: pixels }, () => 10 ** rng.uniform(-3, 1))
    const steps = { right: draw(), below: draw() }
    const from = [rng.int(pixels), rng.int(pixels)]
    const expected = relaxed(from, size, steps)
    const distance = geodesicDistance(from, size, steps)
    expected.forEach((value, p) => expect(distance[p]).toBeCloseTo(value, 4))
  }
})

test('without a place to start from all is out of reach', () => {
  const flat = new Float32Array(6).fill(1)
  const distance = geodesicDistance([], { width: 3, height: 2 }, { right: flat, below: flat })
  expect([...distance]).toEqual(Array<number>(6).fill(Infinity))
})
