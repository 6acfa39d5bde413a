import { describe, expect, it } from 'vitest'
import type { FromTrainer } from '#main/trainer/process/messages.ts'
import { Reporter } from '#main/trainer/telemetry/reporter.ts'

function watched(done = 0): { sent: FromTrainer[]; reporter: Reporter; clock: { ms: number } } {
  const sent: FromTrainer[] = []
  const clock = { ms: 0 }
  const reporter = new Reporter({
    send: (message) => sent.push(message),
    phase: 'Pretraining',
    unit: 'steps',
    total: 100,
    done,
    now: () => clock.ms,
  })
  return { sent, reporter, clock }
}

describe('Reporter', () => {
  it('sends every metric once, in at most ten messages a second', () => {
    const { sent, reporter, clock } = watched()
    for (let step = 1; step <= 100; step++) {
      clock.ms = step * 10
      reporter.advance(step, { loss: 1 / step })
    }
    reporter.flush()
    const metrics = sent.filter((message) => message.type === 'metrics')
    // The last round is asked for.
    expect(sent.length).toBeLessThanOrEqual(10 + 2)
    const steps = metrics.flatMap((message) => message.points.map((point) => point.step))
    expect(steps).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  })

  it('sends what a slow step measured at once', () => {
    const { sent, reporter, clock } = watched()
    for (let step = 1; step <= 5; step++) {
      clock.ms += 130
      reporter.advance(step, { loss: 1 / step })
      expect(sent.filter(({ type }) => type === 'metrics')).toHaveLength(step)
    }
  })

  it('does not wait for another step with what came too soon after the last message', async () => {
    const sent: FromTrainer[] = []
    const send = (message: FromTrainer): void => void sent.push(message)
    const reporter = new Reporter({ send, phase: 'Pretraining', unit: 'steps', total: 9 })
    for (const step of [1, 2, 3]) reporter.advance(step, { loss: step })
    const steps = (): number[] =>
      sent.flatMap((message) =>
        message.type === 'metrics' ? message.points.map(({ step }) => step) : [],
      )
    await expect.poll(steps).toEqual([1, 2, 3])
  })

  it('tells rate and time left from the recent past', () => {
    const { sent, reporter, clock } = watched()
    for (let step = 1; step <= 40; step++) {
      clock.ms += step <= 20 ? 10_000 : 500
      reporter.advance(step)
    }
    const last = sent.at(-1)
    expect(last).toMatchObject({ type: 'progress', progress: { done: 40, total: 100 } })
    if (last?.type !== 'progress') throw new Error('no progress')
    expect(last.progress.rate).toBeGreaterThan(1)
    expect(last.progress.secondsLeft).toBeCloseTo(60 / last.progress.rate, 6)
  })

  it('counts neither the steps of an earlier process nor its own start into the rate', () => {
    const { sent, reporter, clock } = watched(50)
    clock.ms = 9000
    reporter.advance(51)
    expect(sent.at(-1)).toMatchObject({ progress: { done: 51, rate: 0, secondsLeft: null } })
    clock.ms = 10_000
    reporter.advance(53)
    expect(sent.at(-1)).toMatchObject({ progress: { rate: 2, secondsLeft: 23.5 } })
  })

  it('says where a resumed job stands before its first step', () => {
    const { sent, reporter } = watched(50)
    reporter.flush()
    expect(sent).toMatchObject([{ progress: { done: 50, total: 100, rate: 0 } }])
  })
})
