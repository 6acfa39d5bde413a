import { describe, expect, it } from 'vitest'
import { decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import {
  orientationBetween,
  pixelWalk,
  turnedSize,
  turnRuns,
  type Orientation,
} from '#shared/masks/orientation.ts'

const ALL: Orientation[] = [false, true].flatMap((mirrored) =>
  [0, 90, 180, 270].map((rotation) => ({ mirrored, rotation })),
)
const size = { width: 3, height: 2 }
/** Numbered pixels, as a player shows them. */
const SHOWN: Record<string, string> = {
  'false 0': '012 345',
  'false 90': '30 41 52',
  'false 180': '543 210',
  'false 270': '25 14 03',
  'true 0': '210 543',
  'true 90': '52 41 30',
  'true 180': '345 012',
  'true 270': '03 14 25',
}

function shown(orientation: Orientation): string {
  const { first, right, down } = pixelWalk(size, orientation)
  const { width, height } = turnedSize(size, orientation)
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => first + x * right + y * down).join(''),
  )
  return rows.join(' ')
}

function random(pixels: number): number[] {
  let state = 7
  return encodeRuns(
    Uint8Array.from({ length: pixels }, () => (state = (state * 48271) % 2147483647) & 1),
  )
}

describe('orientations', () => {
  it.each(ALL)('show pictures mirrored $mirrored, then rotated by $rotation', (orientation) => {
    expect(shown(orientation)).toBe(SHOWN[`${orientation.mirrored} ${orientation.rotation}`])
  })

  it('turn a mask from any orientation to any other as if it had been turned at once', () => {
    const stored = { width: 7, height: 5 }
    const mask = random(35)
    for (const from of ALL) {
      for (const to of ALL) {
        const before = turnRuns(mask, stored, from)
        const turn = orientationBetween(from, to)
        expect(turnRuns(before, turnedSize(stored, from), turn)).toEqual(turnRuns(mask, stored, to))
      }
    }
  })

  it('move the pixels of a mask', () => {
    const corner = encodeRuns(Uint8Array.of(1, 0, 0, 0, 0, 0))
    const turned = turnRuns(corner, size, { mirrored: false, rotation: 90 })
    expect([...decodeRuns(turned, 6)]).toEqual([0, 1, 0, 0, 0, 0])
  })
})
