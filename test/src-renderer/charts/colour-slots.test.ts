import { describe, expect, it } from 'vitest'
import { takeSlots } from '../../../src-renderer/src/charts/colour-slots.ts'

describe('the colours of compared runs', () => {
  it('stay with their runs while others come and go, and are given again once free', () => {
    const first = takeSlots(new Map(), [7, 3])
    expect([...first]).toEqual([
      [7, 0],
      [3, 1],
    ])
    const second = takeSlots(first, [9, 3])
    expect([...second]).toEqual([
      [9, 0],
      [3, 1],
    ])
    expect(takeSlots(second, [9, 4, 3, 5]).get(3)).toBe(1)
    const all = takeSlots(second, [9, 4, 3, 5])
    expect(new Set(all.values()).size).toBe(4)
  })
})
