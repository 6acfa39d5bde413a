import { describe, expect, it } from 'vitest'
import { CurveTail } from '../../../../../src-renderer/src/features/runs/lib/curve-tail.ts'

const loss = (step: number, value: number) => ({ step, name: 'loss', value })

describe('CurveTail', () => {
  it('gives the points after a step, by name', () => {
    const tail = new CurveTail()
    tail.append([loss(1, 5), { step: 1, name: 'lr', value: 0.1 }, loss(2, 4), loss(3, 3)])
    expect(tail.after('loss', 1)).toEqual({ steps: [2, 3], values: [4, 3] })
    expect(tail.after('lr', 0)).toEqual({ steps: [1], values: [0.1] })
    expect(tail.after('unknown', 0)).toEqual({ steps: [], values: [] })
  })

  it('replaces steps that a resumed run does again', () => {
    const tail = new CurveTail()
    tail.append([loss(1, 5), loss(2, 4), loss(3, 3)])
    tail.append([loss(2, 4.5)])
    expect(tail.after('loss', 0)).toEqual({ steps: [1, 2], values: [5, 4.5] })
    expect(tail.last('loss')).toEqual({ step: 2, value: 4.5 })
  })

  it('forgets the oldest of very many points', () => {
    const tail = new CurveTail()
    for (let step = 1; step <= 10_000; step++) tail.append([loss(step, step)])
    const { steps } = tail.after('loss', 0)
    expect(steps.length).toBeLessThanOrEqual(4000)
    expect(steps.at(-1)).toBe(10_000)
    expect(steps[0]).toBe(10_001 - steps.length)
  })
})
