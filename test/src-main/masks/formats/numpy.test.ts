import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { decodeRuns } from '#shared/masks/runs.ts'
import { npz } from '#main/masks/formats/npz.ts'
import { recordsOf, rowsOf } from './records.ts'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/masks/${name}`, import.meta.url))

test.each(['numpy-stored.npz', 'numpy-deflated.npz'])(
  'what NumPy writes is read, by rows and by columns: %s',
  async (name) => {
    const [first, second, third] = recordsOf(await rowsOf(npz, fixture(name)))
    expect(first).toMatchObject({ path: 'a/one.avi', start: 0, frames: 16, state: 'approved' })
    expect(second).toMatchObject({ path: 'b/zwei äöü 🙂.avi', stride: 1, width: 8, height: 6 })
    expect(third).toMatchObject({ state: 'rejected', mask: null })
    const isInside = (y: number, x: number) => y >= 1 && y < 4 && x >= 2 && x < 7
    const box = (at: (y: number) => number) =>
      Uint8Array.from({ length: 48 }, (_, i) => Number(isInside(at(Math.floor(i / 8)), i % 8)))
    expect(decodeRuns(first.mask!, 48)).toEqual(box((y) => y))
    expect(decodeRuns(second.mask!, 48)).toEqual(box((y) => 5 - y))
  },
)
