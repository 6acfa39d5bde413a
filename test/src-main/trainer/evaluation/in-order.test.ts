import { expect, it } from 'vitest'
import { inOrder } from '#main/trainer/evaluation/in-order.ts'

it('gives results and failures in order, with only so many under way', async () => {
  let underWay = 0
  let most = 0
  const release: (() => void)[] = []
  const work = async (task: number): Promise<number> => {
    most = Math.max(most, ++underWay)
    await new Promise<void>((resolve) => release.push(resolve))
    underWay--
    if (task === 2) throw new Error('damaged')
    return task * 10
  }
  const results: unknown[] = []
  const all = (async () => {
    for await (const result of inOrder([0, 1, 2, 3, 4], 3, work)) results.push(result)
  })()
  while (results.length < 5) {
    // The one begun last ends first.
    release.pop()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await all
  expect(results).toEqual([0, 10, new Error('damaged'), 30, 40])
  expect(most).toBe(3)
})
