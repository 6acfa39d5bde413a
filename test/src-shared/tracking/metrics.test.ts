import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contourAccuracy, contourOf, contourRadius } from '#shared/tracking/contour-accuracy.ts'
import { regionSimilarity } from '#shared/tracking/region-similarity.ts'
import { isScored, scoreSequence } from '#shared/tracking/sequence-score.ts'
import golden from '../../fixtures/metrics/davis.json' with { type: 'json' }

const size = { height: golden.height, width: golden.width }

interface Shape {
  ellipse?: number[]
  minus_ellipse?: number[]
  rectangle_rows_columns?: number[]
}

function within([cy, cx, ry, rx]: number[], y: number, x: number): boolean {
  return ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 <= 1
}

function draw(shape: Shape): Uint8Array {
  return Uint8Array.from({ length: size.height * size.width }, (_, i) => {
    const [y, x] = [Math.floor(i / size.width), i % size.width]
    const { ellipse, minus_ellipse: hole, rectangle_rows_columns: rectangle } = shape
    const inEllipse = ellipse !== undefined && within(ellipse, y, x)
    const inHole = hole !== undefined && within(hole, y, x)
    const [top, bottom, left, right] = rectangle ?? [0, 0, 0, 0]
    const inRectangle = y >= top && y < bottom && x >= left && x < right
    return Number((inEllipse && !inHole) || inRectangle)
  })
}

describe('J and F', () => {
  it.each(golden.pairs)('are those of the official code: $name', (pair) => {
    const [truth, mask] = [draw(pair.truth), draw(pair.prediction)]
    const total = (of: Uint8Array) => of.reduce((sum, value) => sum + value, 0)
    expect([total(truth), total(mask)]).toEqual([pair.truth_pixels, pair.prediction_pixels])
    expect(regionSimilarity(truth, mask)).toBeCloseTo(pair.J, 9)
    const radius = contourRadius(size)
    expect(radius).toBe(golden.boundary_radius)
    expect(contourAccuracy(truth, mask, { ...size, radius })).toBeCloseTo(pair.F, 9)
    const wide = contourAccuracy(truth, mask, { ...size, radius: 2 })
    expect(wide).toBeCloseTo(pair.F_at_2_pixels, 9)
  })

  const masks = fc
    .record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 9 }) })
    .chain(({ height, width }) =>
      fc.record({
        ...{ height: fc.constant(height), width: fc.constant(width) },
        a: fc.uint8Array({ minLength: height * width, maxLength: height * width, max: 1 }),
        b: fc.uint8Array({ minLength: height * width, maxLength: height * width, max: 1 }),
        radius: fc.integer({ min: 0, max: 4 }),
      }),
    )

  it('are symmetric, within 0 and 1, and 1 of a mask with itself', () => {
    fc.assert(
      fc.property(masks, ({ a, b, ...frame }) => {
        const scores = [regionSimilarity(a, b), contourAccuracy(a, b, frame)]
        expect(scores).toEqual([regionSimilarity(b, a), contourAccuracy(b, a, frame)])
        for (const score of scores) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(1)
        }
        expect([regionSimilarity(a, a), contourAccuracy(a, a, frame)]).toEqual([1, 1])
      }),
    )
  })

  it('count a contour pixel as matched exactly when one of the other is within the radius', () => {
    fc.assert(
      fc.property(masks, ({ a, b, radius, ...frame }) => {
        const [ours, theirs] = [contourOf(a, frame), contourOf(b, frame)]
        fc.pre(ours.length > 0 && theirs.length > 0)
        const far = (p: number, q: number) =>
          (Math.floor(p / frame.width) - Math.floor(q / frame.width)) ** 2 +
          ((p % frame.width) - (q % frame.width)) ** 2
        const share = (of: Int32Array, by: Int32Array) =>
          of.filter((p) => by.some((q) => far(p, q) <= radius * radius)).length / of.length
        const [precision, recall] = [share(theirs, ours), share(ours, theirs)]
        const expected =
          precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
        expect(contourAccuracy(a, b, { ...frame, radius })).toBeCloseTo(expected, 12)
      }),
    )
  })
})

describe('the score of a sequence', () => {
  it('leaves out the first and the last frame', () => {
    expect([0, 1, 2, 3].filter((t) => isScored(t, 4))).toEqual([1, 2])
  })

  // NumPy: mean, mean(v > 0.5), and the bins of round(linspace(1, n, 5) + 1e-10) - 1.
  it.each([
    { values: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2], mean: 0.55, recall: 0.5, decay: 0.5 },
    { values: [1, 0.5], mean: 0.75, recall: 0.5, decay: 0.5 },
    {
      values: [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0],
      mean: 0.5,
      recall: 5 / 11,
      decay: 0.75,
    },
    { values: [0.25], mean: 0.25, recall: 0, decay: 0 },
  ])('has the mean, recall and decay of $values', ({ values, ...expected }) => {
    const score = scoreSequence(values)
    for (const [name, value] of Object.entries(expected)) {
      expect(score[name as keyof typeof score], name).toBeCloseTo(value, 9)
    }
  })
})
