import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { normalisedMutualInformation } from '#main/trainer/methods/cluster/agreement.ts'
import {
  kMeans,
  type Clustering,
  type KMeansOptions,
  type Products,
} from '#main/trainer/methods/cluster/k-means.ts'
import { normalisationOf, normalised, type Points } from '#main/trainer/methods/cluster/points.ts'
import { independentNmi } from '#shared/metrics/chance.ts'
import { Rng } from '#shared/random/rng.ts'

interface Golden {
  kMeans: {
    name: string
    start: number[][]
    rounds: number
    labels: number[]
    inertia: number
    centroids: number[][]
  }[]
  agreement: { a: number[]; b: number[]; nmi: number }[]
}

const golden = JSON.parse(
  readFileSync('test/fixtures/clustering/clustering.json', 'utf8'),
) as Golden

const [COUNT, SIZE] = [60, 5]
const points: Points = {
  data: Float32Array.from({ length: COUNT * SIZE }, (_, at) => {
    const [i, d] = [Math.floor(at / SIZE), at % SIZE]
    return Math.sin(0.7 * d + 2.1 * i) + 2 * Math.sin(1.3 * d + 1.7 * (i % 7))
  }),
  count: COUNT,
  size: SIZE,
}

function products(centroids: Float32Array): ReturnType<Products> {
  return { of: (rows) => dotsOf(rows, centroids), release: () => undefined }
}

function dotsOf(rows: Float32Array, centroids: Float32Array): Float32Array {
  const [n, k] = [rows.length / SIZE, centroids.length / SIZE]
  return Float32Array.from({ length: n * k }, (_, at) => {
    const [i, c] = [Math.floor(at / k), at % k]
    let sum = 0
    for (let d = 0; d < SIZE; d++) sum += rows[i * SIZE + d] * centroids[c * SIZE + d]
    return sum
  })
}

const OPTIONS: KMeansOptions = { clusters: 6, rounds: 100, seed: 1, emptyRule: 'farthest' }

function clusters(options: Partial<KMeansOptions>, of = points): Clustering {
  const steps = kMeans(of, { ...OPTIONS, ...options }, products)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Sum of the squared distances of the points to the means of their clusters. */
function inertiaOf({ labels, centroids }: Clustering): number {
  return points.data.reduce((sum, value, at) => {
    const centroid = labels[Math.floor(at / SIZE)]
    return sum + (value - centroids[centroid * SIZE + (at % SIZE)]) ** 2
  }, 0)
}

describe('k-means', () => {
  it.each(golden.kMeans)('$name equals scikit-learn', ({ start, rounds, ...wanted }) => {
    const first = Float32Array.from(start.flat())
    const found = clusters({ start: first, clusters: start.length, rounds })
    expect([...found.labels]).toEqual(wanted.labels)
    expect(found.inertia).toBeCloseTo(wanted.inertia, 3)
    const centroids = wanted.centroids.flat()
    found.centroids.forEach((value, i) => expect(value).toBeCloseTo(centroids[i], 4))
    expect(found.sizes.reduce((sum, size) => sum + size, 0)).toBe(COUNT)
  })

  it('is the same with the same seed, and its inertia is that of its clusters', () => {
    const [once, again, other] = [clusters({}), clusters({}), clusters({ seed: 2 })]
    expect(again).toEqual(once)
    expect(once.inertia).toBeCloseTo(inertiaOf(once), 3)
    expect(other.labels).not.toEqual(once.labels)
  })

  it('takes points in pieces that hold a bounded count of numbers, and frees all centroids', () => {
    const [wide, count] = [2 ** 17, 9]
    const long = { data: new Float32Array(count * wide).map((_, i) => i % 7), count, size: wide }
    const sizes: number[] = []
    let held = 0
    const counting: Products = (centroids) => {
      held++
      const of = (rows: Float32Array): Float32Array => {
        sizes.push(rows.length)
        return new Float32Array((rows.length / wide) * (centroids.length / wide))
      }
      return { of, release: () => held-- }
    }
    const steps = kMeans(long, { ...OPTIONS, clusters: 2, rounds: 1 }, counting)
    while (steps.next().done !== true) continue
    expect(Math.max(...sizes)).toBe(2 ** 19)
    expect(held).toBe(0)
    const stopped = kMeans(long, { ...OPTIONS, clusters: 2 }, counting)
    stopped.next()
    expect(held).toBe(1)
    stopped.return(undefined as never)
    expect(held).toBe(0)
  })

  it('fills an empty cluster with half of another one, by the rule split', () => {
    const start = points.data.slice(0, 4 * SIZE)
    start.fill(50, 3 * SIZE)
    const found = clusters({ start, clusters: 4, emptyRule: 'split' })
    expect(Math.min(...found.sizes)).toBeGreaterThan(0)
    expect(found.inertia).toBeLessThan(240)
  })

  it.each(['farthest', 'split'] as const)(
    'leaves clusters empty that find no points (%s)',
    (emptyRule) => {
      const few = { data: points.data.slice(0, 2 * SIZE), count: 2, size: SIZE }
      const { sizes, inertia } = clusters({ clusters: 3, emptyRule }, few)
      expect(sizes.filter((size) => size === 0)).toHaveLength(1)
      expect(inertia).toBeLessThan(0.1)
    },
  )
})

it('normalises features to the mean 0 and the length 1', () => {
  const plain = normalisationOf(points, false)
  const even = normalisationOf(points, true)
  expect(plain.scale.every((value) => value === 1)).toBe(true)
  const { data } = normalised(points, even)
  const lengths = Array.from({ length: COUNT }, (_, i) =>
    Math.hypot(...data.subarray(i * SIZE, (i + 1) * SIZE)),
  )
  for (const length of lengths) expect(length).toBeCloseTo(1, 5)
  for (let d = 0; d < SIZE; d++) {
    const column = Array.from({ length: COUNT }, (_, i) => points.data[i * SIZE + d])
    const mean = column.reduce((sum, value) => sum + value, 0) / COUNT
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT
    expect(even.centre[d]).toBeCloseTo(mean, 5)
    expect(even.scale[d]).toBeCloseTo(1 / Math.sqrt(variance), 5)
  }
})

describe('agreement', () => {
  it.each(golden.agreement)('equals that of scikit-learn: $nmi', ({ a, b, nmi }) => {
    expect(normalisedMutualInformation(a, b)).toBeCloseTo(nmi, 10)
  })

  it('of independent clusterings is about what chance says', () => {
    const rng = new Rng(3)
    const [N, k] = [400, 8]
    const draw = (): number[] => Array.from({ length: N }, () => rng.int(k))
    const values = Array.from({ length: 200 }, () => normalisedMutualInformation(draw(), draw()))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean).toBeCloseTo(independentNmi(N, k), 2)
  })
})
