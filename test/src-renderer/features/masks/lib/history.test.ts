import { expect, it } from 'vitest'
import {
  along,
  noTrail,
  visit,
} from '../../../../../src-renderer/src/features/masks/lib/history.ts'

it('goes back and on along what was visited, and forgets what lay ahead at a new place', () => {
  const trail = ['a', 'b', 'c'].reduce(visit<string>, noTrail<string>())
  expect(along(trail, 1)).toBeNull()
  const back = along(trail, -1)!
  expect(back.places[back.at]).toBe('b')
  expect(along(back, 1)).toEqual(trail)
  const elsewhere = visit(back, 'd')
  expect(elsewhere).toEqual({ places: ['a', 'b', 'd'], at: 2 })
  expect(along(along(elsewhere, -1)!, -1)!.at).toBe(0)
  expect(along({ ...elsewhere, at: 0 }, -1)).toBeNull()
  expect(along(noTrail(), 1)).toBeNull()
})
