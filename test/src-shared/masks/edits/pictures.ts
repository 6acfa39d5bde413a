import fc from 'fast-check'
import type { Mask, Rectangle } from '#shared/masks/mask.ts'

/** A mask from rows of text: '#' is foreground. */
export function maskOf(...rows: string[]): Mask {
  const data = Uint8Array.from(rows.join(''), (character) => (character === '#' ? 1 : 0))
  return { data, height: rows.length, width: rows[0].length }
}

/** The rows of text that `maskOf` would take. */
export function rowsOf({ data, height, width }: Mask): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from(data.subarray(y * width, (y + 1) * width), (value) => (value ? '#' : '.')).join(''),
  )
}

export function copyOf(mask: Mask): Mask {
  return { ...mask, data: mask.data.slice() }
}

/** The same mask with each pixel as a function of its place says. */
export function mapPixels(mask: Mask, value: (x: number, y: number) => boolean): Mask {
  const data = mask.data.map((_, i) => (value(i % mask.width, Math.floor(i / mask.width)) ? 1 : 0))
  return { ...mask, data }
}

/** The value at a place; outside of the mask it is undefined. */
export function at({ data, height, width }: Mask, x: number, y: number): number | undefined {
  return x < 0 || y < 0 || x >= width || y >= height ? undefined : data[y * width + x]
}

/** The smallest rectangle around the pixels in which two masks differ. */
export function changedBetween(a: Mask, b: Mask): Rectangle {
  const places = [...a.data.keys()].filter((i) => a.data[i] !== b.data[i])
  if (places.length === 0) return { x0: 0, y0: 0, x1: 0, y1: 0 }
  const xs = places.map((i) => i % a.width)
  const ys = places.map((i) => Math.floor(i / a.width))
  return {
    x0: Math.min(...xs),
    y0: Math.min(...ys),
    x1: Math.max(...xs) + 1,
    y1: Math.max(...ys) + 1,
  }
}

export function holds(outer: Rectangle, inner: Rectangle): boolean {
  if (inner.x0 === inner.x1) return true
  return (
    outer.x0 <= inner.x0 && outer.y0 <= inner.y0 && outer.x1 >= inner.x1 && outer.y1 >= inner.y1
  )
}

/** Masks of up to 14 x 14 pixels, sparse and dense. */
export const anyMask: fc.Arbitrary<Mask> = fc
  .record({
    height: fc.integer({ min: 1, max: 14 }),
    width: fc.integer({ min: 1, max: 14 }),
    density: fc.integer({ min: 0, max: 100 }),
  })
  .chain(({ height, width, density }) =>
    fc
      .array(fc.integer({ min: 0, max: 99 }), {
        minLength: height * width,
        maxLength: height * width,
      })
      .map((values) => ({
        data: Uint8Array.from(values, (value) => (value < density ? 1 : 0)),
        height,
        width,
      })),
  )

/** Places in and around such masks, on halves and off them. */
export const anyPoint = fc.record({
  x: fc.integer({ min: -16, max: 80 }).map((n) => n / 4),
  y: fc.integer({ min: -16, max: 80 }).map((n) => n / 4),
})
