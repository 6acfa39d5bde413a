import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placesOf, printPlace } from '../../../src-renderer/src/charts/curve-axes.ts'

describe('the marks of an x axis', () => {
  it('stand at round steps, epochs and times', () => {
    expect(placesOf('step', 1, 125_000)).toEqual([50_000, 100_000])
    expect(placesOf('step', 1, 9)).toEqual([2, 4, 6, 8])
    expect(placesOf('epoch', 0.004, 10.4)).toEqual([2, 4, 6, 8, 10])
    const hour = placesOf('relative', 0, 3600)
    expect(hour.map((x) => printPlace('relative', x))).toEqual([
      '0 s',
      '10 min 00 s',
      '20 min 00 s',
      '30 min 00 s',
      '40 min 00 s',
      '50 min 00 s',
      '1 h 00 min',
    ])
  })

  it('are few and within the window, whatever it is', () => {
    const scales = fc.constantFrom('step', 'epoch', 'relative', 'wall')
    const bounds = fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 1e8 }))
    fc.assert(
      fc.property(scales, bounds, (scale, [from, span]) => {
        const places = placesOf(scale, from, from + span)
        expect(places.length).toBeLessThanOrEqual(7)
        for (const x of places) {
          expect(x).toBeGreaterThanOrEqual(from - span * 1e-6)
          expect(x).toBeLessThanOrEqual(from + span)
        }
      }),
    )
  })
})
