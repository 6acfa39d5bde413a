import { describe, expect, it } from 'vitest'
import { CLICK_WAYS, scoreClicks } from '#main/bench/scenes/score-clicks.ts'
import { nextClick } from '#main/bench/scenes/simulated-clicks.ts'

const shape = { height: 20, width: 20 }
const rectangle = (x0: number, y0: number, x1: number, y1: number) =>
  Uint8Array.from({ length: 400 }, (_, p) =>
    p % 20 >= x0 && p % 20 < x1 && p / 20 >= y0 && p / 20 < y1 ? 1 : 0,
  )

describe('a simulated click', () => {
  const truth = { data: rectangle(2, 2, 13, 9), ...shape }

  it('first falls into the middle of the object', () => {
    const click = nextClick(null, truth)
    expect(click).toMatchObject({ value: 1, y: 5.5 })
    expect(Math.abs((click?.x ?? 0) - 7.5)).toBeLessThanOrEqual(2)
  })

  it('then on the largest part that is too much, or missing', () => {
    const found = rectangle(2, 2, 13, 9)
    rectangle(14, 12, 19, 19).forEach((value, p) => (found[p] |= value))
    found[3 * 20 + 3] = 0
    expect(nextClick(found, truth)).toMatchObject({ value: 0, x: 16.5 })
    expect(nextClick(rectangle(2, 2, 13, 8), truth)).toMatchObject({ value: 1, y: 8.5 })
    expect(nextClick(truth.data, truth)).toBeNull()
  })
})

it('a scene is scored for each way of finding its object', async () => {
  const scores = await scoreClicks({ kind: 'still', seed: 1 })
  expect(scores.map(({ way }) => way)).toEqual(CLICK_WAYS)
  for (const { ious, milliseconds } of scores) {
    expect(ious).toHaveLength(3)
    expect(Math.min(...ious)).toBeGreaterThan(0.9)
    expect(milliseconds).toBeGreaterThan(0)
  }
})
