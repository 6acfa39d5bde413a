import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { SESSION, TIME } from '#shared/contract/curves.ts'
import { StepMeter } from '#main/trainer/telemetry/step-meter.ts'

/** Batches that take this many ms each to come. */
async function* slow(milliseconds: number, ended: () => void): AsyncGenerator<number> {
  try {
    for (let i = 0; i < 3; i++) {
      await delay(milliseconds)
      yield i
    }
  } finally {
    ended()
  }
}

it('hands batches on and counts the time until they are there, not that spent on them', async () => {
  const meter = new StepMeter()
  const seen: [batch: number, wait: number, stepTime: number][] = []
  for await (const batch of meter.waiting(slow(20, () => undefined))) {
    await delay(20)
    const { wait, stepTime, clipsPerSecond } = meter.take(8)
    seen.push([batch, wait, stepTime])
    expect(clipsPerSecond * stepTime).toBeCloseTo(8, 6)
  }
  expect(seen.map(([batch]) => batch)).toEqual([0, 1, 2])
  for (const [, wait, stepTime] of seen) {
    expect(wait).toBeGreaterThan(0.018)
    expect(stepTime - wait).toBeGreaterThan(0.018)
  }
})

it('marks the first step of a session alone', () => {
  const meter = new StepMeter()
  const [first, second] = [meter.take(2), meter.take(2)]
  expect(first[SESSION]).toBe(first[TIME])
  expect(Math.abs(first[TIME] - Date.now() / 1000)).toBeLessThan(60)
  expect(second).not.toHaveProperty(SESSION)
  expect(second.memory).toBeGreaterThan(1e6)
})

it('ends the source when it is left early', async () => {
  let ended = false
  const handed = new StepMeter().waiting(slow(1, () => (ended = true)))
  await handed.next()
  await handed.return(undefined)
  expect(ended).toBe(true)
})
