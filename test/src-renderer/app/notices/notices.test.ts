import { expect, it } from 'vitest'
import { kept, shownOf, type Notice } from '../../../../src-renderer/src/app/notices/notices.ts'

const notice = (id: number, key = String(id)): Notice => ({
  id,
  key,
  at: id,
  kind: 'done',
  title: `notice ${id}`,
  text: '',
})
const ids = (notices: readonly Notice[]) => notices.map(({ id }) => id)

it('keeps one notice of each key, the latest, and a hundred at most', () => {
  expect(ids(kept([notice(1, 'run:1'), notice(2)], notice(3, 'run:1')))).toEqual([2, 3])
  const many = Array.from({ length: 100 }, (_, id) => notice(id))
  expect(ids(kept(many, notice(100)))).toEqual(
    many
      .slice(1)
      .map(({ id }) => id)
      .concat(100),
  )
})

it('shows the four latest of those that are open', () => {
  const all = [1, 2, 3, 4, 5, 6].map((id) => notice(id))
  expect(ids(shownOf(all, new Set([1, 2, 3, 5, 6])))).toEqual([2, 3, 5, 6])
})
