import { describe, expect, it } from 'vitest'
import { bestMarks, leaderOf } from '#shared/report/best-marks.ts'

describe('marks of the best', () => {
  it('name one best where it beats every other row', () => {
    const marks = bestMarks({ key: 'a' }, [
      { key: 'b', p: 0.049 },
      { key: 'c', p: 0.0001 },
    ])
    expect([...marks]).toEqual([['a', 'best']])
  })

  it('name ties where the test does not tell rows apart', () => {
    const marks = bestMarks({ key: 'a' }, [
      { key: 'b', p: 0.05 },
      { key: 'c', p: 0.01 },
      { key: 'd', p: 1 },
    ])
    expect([...marks]).toEqual([
      ['a', 'tie'],
      ['b', 'tie'],
      ['d', 'tie'],
    ])
  })

  it('claim nothing of a row that stands alone, or without a test', () => {
    expect(bestMarks({ key: 'a' }, []).size).toBe(0)
    expect(
      bestMarks({ key: 'a' }, [
        { key: 'b', p: 0.001 },
        { key: 'c', p: null },
      ]).size,
    ).toBe(0)
  })

  it('test against the highest value, the first of equal ones', () => {
    const rows = [0.2, 0.5, 0.5].map((value, i) => ({ key: String(i), value }))
    expect(leaderOf(rows)?.key).toBe('1')
    expect(leaderOf([])).toBeNull()
  })
})
