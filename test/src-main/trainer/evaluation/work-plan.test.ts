import { describe, expect, it } from 'vitest'
import type { Progress } from '#shared/contract/runs.ts'
import { WorkPlan } from '#main/trainer/evaluation/work-plan.ts'

const phases = [
  { name: 'train', work: 200 },
  { name: 'probe', work: 1, isGuess: true },
  { name: 'test', work: 100 },
]
const progress = (phase: string, done: number, secondsLeft: number | null): Progress => ({
  phase,
  done,
  total: 100,
  rate: 1,
  unit: 'videos',
  secondsLeft,
})

function planAt(times: { now: number }) {
  return new WorkPlan(phases, () => times.now)
}

describe('the time left of an evaluation', () => {
  it('is that of all phases, at the pace of the encoder so far', () => {
    const times = { now: 0 }
    const plan = planAt(times)
    plan.begin('train')
    times.now = 50_000
    // 100 clips in 50 s: the other 100 take 50 s, the test 50 s, the probe half a second.
    const { plan: placed } = plan.placed(progress('train', 50, 50))
    expect(placed?.secondsLeft).toBeCloseTo(100.5)
    expect(placed?.at).toBe(0)
    expect(placed?.share).toBeCloseTo(100 / 301)
  })

  it('does not reach 0 when a phase ends before another one', () => {
    const times = { now: 0 }
    const plan = planAt(times)
    plan.begin('train')
    times.now = 100_000
    expect(plan.placed(progress('train', 100, 0)).plan?.secondsLeft).toBeCloseTo(50.5)
    plan.begin('probe')
    times.now = 110_000
    const { plan: placed } = plan.placed(progress('probe', 50, 10))
    expect(placed?.secondsLeft).toBeCloseTo(60)
    expect(placed?.phases[0]).toEqual({ name: 'train', seconds: 100 })
    expect(placed?.phases[1]?.seconds).toBeNull()
    plan.begin('test')
    expect(plan.placed(progress('test', 100, 0)).plan).toMatchObject({ share: 1, secondsLeft: 0 })
  })

  it('is unknown before the encoder has done anything', () => {
    const plan = planAt({ now: 0 })
    plan.begin('train')
    expect(plan.placed(progress('train', 0, null)).plan?.secondsLeft).toBeNull()
  })

  it('counts what a resumed phase does from where it goes on', () => {
    const times = { now: 0 }
    const plan = planAt(times)
    plan.begin('train', 0.5)
    times.now = 25_000
    // 50 clips in 25 s.
    expect(plan.placed(progress('train', 75, 25)).plan?.secondsLeft).toBeCloseTo(75.5)
  })

  it('leaves progress alone that is of no planned phase', () => {
    const plan = planAt({ now: 0 })
    plan.begin('other')
    expect(plan.placed(progress('other', 1, 1)).plan).toBeUndefined()
  })
})
