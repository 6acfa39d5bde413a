import { describe, expect, it } from 'vitest'
import { RateMeter } from '#main/base/async/rate-meter.ts'

describe('the rate meter', () => {
  it('cannot tell before something has been done', () => {
    const meter = new RateMeter()
    expect(meter.measure(0, 10, 0)).toEqual({ rate: 0, secondsLeft: null })
    expect(meter.measure(0, 10, 500)).toEqual({ rate: 0, secondsLeft: null })
  })

  it('gives items a second and the time left', () => {
    const meter = new RateMeter()
    meter.measure(0, 100, 0)
    expect(meter.measure(20, 100, 2000)).toEqual({ rate: 10, secondsLeft: 8 })
  })

  it('forgets how fast it went long ago', () => {
    const meter = new RateMeter()
    for (let second = 0; second <= 10; second++) meter.measure(second * 1000, 20_000, second * 1000)
    let last = { rate: 0, secondsLeft: null as number | null }
    for (let second = 11; second <= 30; second++) {
      last = meter.measure(10_000 + second - 10, 20_000, second * 1000)
    }
    expect(last.rate).toBe(1)
  })
})
