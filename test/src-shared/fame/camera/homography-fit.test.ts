import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Match } from '#shared/fame/camera/cell-shifts.ts'
import { fitMotion, squaredDistance } from '#shared/fame/camera/homography-fit.ts'
import { Rng } from '#shared/random/rng.ts'

interface Case {
  name: string
  /** [8] */
  true: number[]
  /** [8]: by NumPy, without the matches that are wrong. */
  fitted: number[]
  /** [N, 4]: from and to. */
  matches: number[][]
}

const cases = JSON.parse(
  readFileSync(new URL('../../../fixtures/camera/homographies.json', import.meta.url), 'utf8'),
) as Case[]

const SCALE = 0.15
const matchOf = ([X, Y, toX, toY]: readonly number[]): Match => ({
  ...{ X, Y, toX, toY },
  ...{ xx: 1, xy: 0, yy: 1 },
})

/** Where a motion leads a place. */
function led(motion: ArrayLike<number>, X: number, Y: number): [number, number] {
  const [u0, ux, uy, v0, vx, vy, p, q] = Array.from(motion)
  const w = 1 + p * X + q * Y
  return [(X + u0 + ux * X + uy * Y) / w, (Y + v0 + vx * X + vy * Y) / w]
}

/** The greatest distance of where two motions lead the places of a frame of 56 x 56. */
function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const sides = [-28, -14, 0, 14, 28]
  const distances = sides.flatMap((X) =>
    sides.map((Y) => {
      const [[x, y], [u, v]] = [led(a, X, Y), led(b, X, Y)]
      return Math.hypot(x - u, y - v)
    }),
  )
  return Math.max(...distances)
}

describe('a homography', () => {
  it.each(cases)('is that of NumPy for matches of a frame: $name', (given) => {
    const found = fitMotion(given.matches.map(matchOf), 8, SCALE)
    // Without noise the reference is exact; weights shift a noisy fit by a part of the noise.
    const isNoisy = given.name.includes('noisy')
    expect(farthest(found!.motion, given.fitted)).toBeLessThan(isNoisy ? 0.03 : 0.005)
    expect(farthest(found!.motion, given.true)).toBeLessThan(isNoisy ? 0.1 : 0.005)
  })

  it('costs less than an affine motion where there is perspective, and no less where there is none', () => {
    const [first] = cases
    const costs = (matches: readonly Match[]): number[] =>
      ([6, 8] as const).map((values) => fitMotion(matches, values, SCALE)!.cost)
    const [affine, homography] = costs(first.matches.map(matchOf))
    expect(affine).toBeGreaterThan(homography + 1)
    const flat = first.matches.map(([X, Y]) => matchOf([X, Y, 1.02 * X + 0.5, 0.99 * Y - 0.3]))
    expect(Math.abs(costs(flat)[0] - costs(flat)[1])).toBeLessThan(1e-6)
  })

  it('follows matches by what is known of them in each direction', () => {
    const [{ matches, true: truth }] = cases
    // Every second match is wrong along x, where nothing is known of it.
    const blind = matches.map((row, i) => {
      const match = matchOf(row)
      return i % 2 === 0 ? match : { ...match, toX: match.toX + 2, xx: 0 }
    })
    expect(farthest(fitMotion(blind, 8, SCALE)!.motion, truth)).toBeLessThan(0.005)
    expect(squaredDistance(Float64Array.from(truth), blind[1])).toBeLessThan(1e-9)
  })

  it.each([
    ['too few', [0, 9, 18, 27, 36, 45, 54]],
    ['all on a row', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['all on a diagonal', [0, 9, 18, 27, 36, 45, 54, 63]],
    ['all in one place', [5, 5, 5, 5, 5, 5, 5, 5, 5]],
  ])('is none for matches that do not tell it: %s', (_, places) => {
    const rng = new Rng(2)
    const matches = places.map((i) =>
      matchOf(cases[0].matches[i].map((value) => value + 1e-3 * rng.normal())),
    )
    expect(fitMotion(matches, 8, SCALE)).toBeNull()
  })

  it('is none for matches of which nothing is known', () => {
    const matches = cases[0].matches.map((row) => ({ ...matchOf(row), xx: 0, yy: 0 }))
    expect(fitMotion(matches, 8, SCALE)).toBeNull()
  })
})
