import { expect, it } from 'vitest'
import { meanInterval, spreadOf, wilson } from '#shared/metrics/spread.ts'
import { ScoreTally } from '#main/trainer/evaluation/score-tally.ts'

it("gives clips the interval of the videos' means, since clips of one video are alike", () => {
  const tally = new ScoreTally(2, ['top1', 'clipTop1'])
  const shares = [1, 0.5, 0.25, 0]
  for (const share of shares) {
    tally.add({ truth: 0, predicted: share >= 0.5 ? 0 : 1, hits: [share >= 0.5, share] })
  }
  const [low, high] = meanInterval(spreadOf(shares)!)!
  const clips = [expect.closeTo(low, 12), expect.closeTo(high, 12)]
  const { scores, intervals } = tally.found()
  expect(scores).toEqual({ top1: 0.5, clipTop1: 0.4375 })
  expect(intervals).toEqual({ clipTop1: clips })
  expect(tally.partial(9).intervals).toEqual({ top1: wilson(0.5, 4), clipTop1: clips })
})

it('knows no interval of the clips of a single video', () => {
  const tally = new ScoreTally(2, ['clipTop1'])
  tally.add({ truth: 0, predicted: 0, hits: [0.5] })
  expect(tally.found().intervals).toEqual({})
})
