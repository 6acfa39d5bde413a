import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placesOf, printPlace } from '../../../src-renderer/src/lib/curve-axes.ts'

const context = { stepsPerEpoch: 250, first: 1_000_000_123 }

describe('the marks of an x axis', () => {
  it('stand at round steps, epochs and times', () => {
    expect(placesOf('step', 1, 125_000, context)).toEqual([50_000, 100_000])
    expect(placesOf('step', 1, 9, context)).toEqual([2, 4, 6, 8])
    expect(placesOf('epoch', 1, 2600, context)).toEqual([500, 1000, 1500, 2000, 2500])
    const hour = placesOf('relative', context.first, context.first + 3600, context)
    expect(hour.map((x) => printPlace('relative', x, context))).toEqual([
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
        const places = placesOf(scale, from, from + span, context)
        expect(places.length).toBeLessThanOrEqual(7)
        for (const x of places) {
          expect(x).toBeGreaterThanOrEqual(from - span * 1e-6)
          expect(x).toBeLessThanOrEqual(from + span)
        }
      }),
    )
  })
})
