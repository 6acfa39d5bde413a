import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dropSmall, majority, regionsOf } from '#shared/fame/motion-mask/regions.ts'
import { inverted } from '#shared/fame/motion-mask/pixel-map.ts'
import { placeFrames } from '#shared/fame/motion-mask/placement.ts'

const masks = fc
  .record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 9 }) })
  .chain((size) => {
    const length = size.height * size.width
    return fc.record({
      size: fc.constant(size),
      mask: fc.uint8Array({ minLength: length, maxLength: length, max: 1 }),
    })
  })

it('regions join neighbours and nothing else', () => {
  fc.assert(
    fc.property(masks, ({ size: { height, width }, mask }) => {
      const { labels, sizes } = regionsOf(mask, height, width)
      mask.forEach((value, i) => {
        expect(labels[i] > 0).toBe(value === 1)
        const right = i % width < width - 1 ? i + 1 : i
        const below = i + width < mask.length ? i + width : i
        for (const n of [right, below]) {
          if (value === 1 && mask[n] === 1) expect(labels[n]).toBe(labels[i])
        }
      })
      sizes.slice(1).forEach((size, i) => {
        expect(labels.filter((label) => label === i + 1)).toHaveLength(size)
      })
    }),
  )
})

it('small regions go, others stay', () => {
  const mask = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0)
  dropSmall(mask, 3, 4, 2)
  expect(Array.from(mask)).toEqual(
    [1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0].map((v, i) => (i > 6 ? 0 : v)),
  )
})

it('a pixel becomes what most around it are', () => {
  fc.assert(
    fc.property(masks, fc.integer({ min: 1, max: 2 }), ({ size, mask }, radius) => {
      const { height, width } = size
      const out = new Uint8Array(mask.length)
      majority(mask, height, width, radius, out)
      out.forEach((value, i) => {
        const [x, y] = [i % width, Math.floor(i / width)]
        const around = Array.from(mask).filter((_, n) => {
          const dx = Math.abs((n % width) - x)
          return dx <= radius && Math.abs(Math.floor(n / width) - y) <= radius
        })
        const ones = around.filter((one) => one === 1).length
        expect(value).toBe(2 * ones > around.length ? 1 : 0)
      })
    }),
  )
})

it('frames of a pan lie beside one another on the canvas', () => {
  // The camera pans to the right: what it sees moves to the left by 3 px a frame.
  const motions = Array.from({ length: 4 }, () => Float64Array.of(-3, 0, 0, 0, 0, 0))
  const { height, width, toFrame } = placeFrames(motions, 20, 30)!
  expect([height, width]).toEqual([20, 42])
  toFrame.forEach((map, t) => {
    const [a, b, c, d, e, f] = inverted(map)
    expect([a, b, d, e, f].map((value) => value + 0)).toEqual([1, 0, 0, 1, 0])
    expect(c).toBe(3 * t)
  })
})
