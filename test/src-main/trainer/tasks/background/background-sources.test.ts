import { expect, it } from 'vitest'
import { chooseDonors } from '#main/trainer/tasks/background/background-sources.ts'

/** Classes of unlike size: 2, 10 and 30 videos. */
const lenders = [2, 10, 30].flatMap((count, label) =>
  Array.from({ length: count }, (_, i) => ({ path: `/${label}/${i}.avi`, frames: 20, label })),
)

it('lends backgrounds of the own class from another video, and of another class', () => {
  for (const [i, donors] of chooseDonors(lenders, lenders, 3).entries()) {
    expect(donors.sameClass.label).toBe(lenders[i].label)
    expect(donors.sameClass.path).not.toBe(lenders[i].path)
    expect(donors.swapped.label).not.toBe(lenders[i].label)
  }
})

it('draws every other class as often, however many videos it has', () => {
  const subjects = Array.from({ length: 2000 }, () => lenders[0])
  const lent = chooseDonors(subjects, lenders, 5).filter(({ swapped }) => swapped.label === 1)
  // Five deviations of a fair coin: sqrt(2000 / 4) = 22.4.
  expect(Math.abs(lent.length - 1000)).toBeLessThan(112)
})

it('gives the same donors for the same seed, wherever the list ends', () => {
  const all = chooseDonors(lenders, lenders, 7)
  expect(chooseDonors(lenders.slice(0, 5), lenders, 7)).toEqual(all.slice(0, 5))
  expect(chooseDonors(lenders, lenders, 8)).not.toEqual(all)
})

it('a video without kin keeps its own background, and one class is not enough', () => {
  const subject = { path: '/new.avi', frames: 20, label: 3 }
  expect(chooseDonors([subject], lenders, 1)[0].sameClass).toBe(subject)
  expect(() => chooseDonors(lenders.slice(0, 2), lenders.slice(0, 2), 1)).toThrow(
    'needs at least two classes',
  )
})
