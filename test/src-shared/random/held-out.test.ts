import { describe, expect, it } from 'vitest'
import { heldOut } from '#shared/random/held-out.ts'

const common = (a: Iterable<string>, b: Set<string>): string[] => [...a].filter((one) => b.has(one))
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `Spin/${i}.mp4`)

describe('the videos that are held out', () => {
  it('are a quarter of the class, and follow from names and seed alone', () => {
    const paths = numbered(40)
    const held = heldOut(paths, 1)
    expect(held.size).toBe(10)
    expect(heldOut(paths.toReversed(), 1)).toEqual(held)
    expect(heldOut(paths, 2)).not.toEqual(held)
    // Of two draws of 10 in 40 some 2.5 are alike.
    expect(common(heldOut(paths, 2), held).length).toBeLessThan(8)
    // One video more changes at most one other.
    const more = heldOut([...paths, 'Spin/new.mp4'], 1)
    expect(held.size - common(held, more).length).toBeLessThanOrEqual(1)
  })

  it('are as likely from any place in the list', () => {
    const paths = numbered(20)
    const counts = new Map(paths.map((path) => [path, 0]))
    const draws = 2000
    for (let seed = 0; seed < draws; seed++) {
      for (const path of heldOut(paths, seed)) counts.set(path, counts.get(path)! + 1)
    }
    // Binomial with p = 1/4: a deviation of five standard errors has a chance below 1e-5.
    const error = Math.sqrt(0.25 * 0.75 * draws)
    for (const count of counts.values()) {
      expect(Math.abs(count - draws / 4)).toBeLessThan(5 * error)
    }
  })

  it('do not share a source with those that stay', () => {
    const paths = ['08', '09', '10', '11', '12', '13'].flatMap((group) =>
      ['01', '02', '03', '04'].map((clip) => `Spin/v_Spin_g${group}_c${clip}.avi`),
    )
    for (let seed = 1; seed < 20; seed++) {
      const held = heldOut(paths, seed)
      // A quarter are 6; sources have 4.
      expect(held.size).toBe(8)
      const sources = (all: Iterable<string>) => new Set([...all].map((path) => path.slice(0, -8)))
      const stay = paths.filter((path) => !held.has(path))
      expect(common(sources(held), sources(stay))).toEqual([])
    }
  })

  it('leave a class something to train on', () => {
    expect(heldOut(['a.avi'], 1).size).toBe(0)
    expect(heldOut(['a.avi', 'b.avi'], 1).size).toBe(1)
    const oneSource = ['v_A_g01_c01.avi', 'v_A_g01_c02.avi', 'v_A_g01_c03.avi', 'v_A_g01_c04.avi']
    expect(heldOut(oneSource, 1).size).toBe(1)
    // Nearly all in one source: it is not held out whole where it is drawn last.
    const uneven = [...oneSource, 'v_A_g02_c01.avi']
    for (let seed = 0; seed < 10; seed++) {
      expect(heldOut(uneven, seed).size).toBeLessThan(uneven.length)
    }
  })
})
