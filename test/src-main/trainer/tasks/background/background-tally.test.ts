import { expect, it } from 'vitest'
import { pairedInterval } from '#shared/metrics/spread.ts'
import { BackgroundTally } from '#main/trainer/tasks/background/background-tally.ts'

it('counts answers by condition, what another background costs, and where it pulls', () => {
  const tally = new BackgroundTally(3)
  const right = { original: 0, sameClass: 0, backgroundOnly: 0, foregroundOnly: 0 }
  tally.add({ ...right, swapped: 1 }, 0, 1)
  tally.add({ ...right, swapped: 2 }, 0, 1)
  tally.add({ ...right, swapped: 0, foregroundOnly: 2 }, 0, 2)
  tally.add({ original: 1, sameClass: 2, swapped: 0, backgroundOnly: 0, foregroundOnly: 1 }, 1, 0)
  const quarters = { original: 4, sameClass: 3, swapped: 1, backgroundOnly: 3, foregroundOnly: 3 }
  const shares = Object.entries(quarters).map(([name, count]) => [name, count / 4])
  expect(tally.scores()).toEqual({ ...Object.fromEntries(shares), gap: 0.5, pull: 0.5 })
  expect(tally.detail()).toEqual({
    confusion: [0, 0, 3, 1, 1, 1],
    perClass: [
      { videos: 3, correct: 3 },
      { videos: 1, correct: 1 },
      { videos: 0, correct: 0 },
    ],
  })
  const swapped = tally.conditions().find(({ name }) => name === 'swapped')!
  expect(swapped.perClass).toEqual([
    { videos: 3, correct: 1 },
    { videos: 1, correct: 0 },
    { videos: 0, correct: 0 },
  ])
  // Wilson's interval of 1 of 4 at 95 %: 0.0456 to 0.6994.
  expect(swapped.interval[0]).toBeCloseTo(0.0456, 4)
  expect(swapped.interval[1]).toBeCloseTo(0.6994, 4)
  expect(tally.partial(9)).toMatchObject({ done: 4, total: 9, confusion: [0, 0, 3, 1, 1, 1] })
  expect(tally.partial(9).intervals.swapped).toEqual(swapped.interval)
  // Two videos are right with the same class's background alone, none with another's alone.
  expect(tally.intervals()).toEqual({ gap: pairedInterval(2, 0, 4) })
  expect(tally.partial(9).intervals.gap).toEqual(pairedInterval(2, 0, 4))
})
