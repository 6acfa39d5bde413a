import { expect, it } from 'vitest'
import { temporalLayers } from '#main/trainer/tasks/kernels/kernel-statistics.ts'
import { Rng } from '#shared/random/rng.ts'

const state = (entries: Record<string, { shape: number[]; data: Float32Array }>) =>
  new Map(Object.entries(entries))

/** [out, in, t, 1, 1] with the three given weights in every kernel. */
function alike(weights: readonly number[]) {
  const data = Float32Array.from({ length: 12 }, (_, i) => weights[i % 3])
  return { shape: [2, 2, 3, 1, 1], data }
}

it('takes the layers that span several frames, in their order', () => {
  const spatial = { shape: [1, 1, 1, 3, 3], data: new Float32Array(9) }
  const norm = { shape: [2], data: new Float32Array(2) }
  const layers = temporalLayers(
    state({
      'stem.0': spatial,
      'stem.3': alike([1, 2, 3]),
      'stem.4': norm,
      last: alike([0, 1, 0]),
    }),
  )
  expect(layers.map(({ name }) => name)).toEqual(['stem.3', 'last'])
})

it('an average over time has no change, a difference nothing else', () => {
  const share = (weights: number[]) => temporalLayers(state({ a: alike(weights) }))[0].change
  expect(share([0.5, 0.5, 0.5])).toBe(0)
  expect(share([-1, 0, 1])).toBe(1)
  // Energy 1 + 4 + 9 = 14 about 0 and 1 + 0 + 1 = 2 about the mean.
  expect(share([1, 2, 3])).toBeCloseTo(2 / 14, 6)
  expect(share([0, 0, 0])).toBe(0)
})

it('tells the places in time apart, in kernels with an area too', () => {
  // One kernel [1, 1, 2, 1, 2]: frame 0 has 1 and 2, frame 1 has 10 and 20.
  const data = Float32Array.of(1, 2, 10, 20)
  const [layer] = temporalLayers(state({ a: { shape: [1, 1, 2, 1, 2], data } }))
  expect(layer.taps.map(({ min, max, mean }) => [min, max, mean])).toEqual([
    [1, 2, 1.5],
    [10, 20, 15],
  ])
})

it('describes normal weights as the normal distribution', () => {
  const rng = new Rng(5)
  const data = Float32Array.from({ length: 60_000 }, () => 2 + 0.5 * rng.normal())
  const [{ all, taps, change }] = temporalLayers(state({ a: { shape: [200, 100, 3, 1, 1], data } }))
  expect(all.count).toBe(60_000)
  expect(all.mean).toBeCloseTo(2, 2)
  expect(all.deviation).toBeCloseTo(0.5, 2)
  // Quantiles of the standard normal: -2.326, -0.674, 0, 0.674, 2.326.
  const normal = [-2.326, -0.674, 0, 0.674, 2.326]
  all.quantiles.forEach((value, i) => expect((value - 2) / 0.5).toBeCloseTo(normal[i], 1))
  const { from, to, shares } = all.density
  expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9)
  const width = (to - from) / shares.length
  shares.forEach((share, i) => {
    const z = (from + (i + 0.5) * width - 2) / 0.5
    const expected = (width / 0.5 / Math.sqrt(2 * Math.PI)) * Math.exp(-(z ** 2) / 2)
    expect(Math.abs(share - expected)).toBeLessThan(0.004)
  })
  expect(taps).toHaveLength(3)
  // About a mean of 2 with deviation 0.5 most of the energy is the mean's.
  expect(change).toBeCloseTo((0.25 * (2 / 3)) / (4 + 0.25), 2)
})
