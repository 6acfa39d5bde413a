import { expect, it } from 'vitest'
import { PaintQueue } from '../../../../../src-renderer/src/features/runs/lib/paint-queue.ts'

/** Tasks that run when the test says so. */
function steppedQueue() {
  const tasks: (() => void)[] = []
  const queue = new PaintQueue((next) => tasks.push(next))
  return { queue, tasks, step: () => tasks.shift()?.() }
}

it('paints each in a task of its own, in the order in which they asked', () => {
  const { queue, tasks, step } = steppedQueue()
  const painted: string[] = []
  const [a, b] = [{}, {}]
  queue.push(a, () => painted.push('a'))
  queue.push(b, () => painted.push('b'))
  expect([painted, tasks.length]).toEqual([[], 1])
  step()
  expect(painted).toEqual(['a'])
  step()
  expect(painted).toEqual(['a', 'b'])
  expect(tasks).toEqual([])
})

it('paints only the newest of what one painter asked for, and nothing that was cancelled', () => {
  const { queue, step } = steppedQueue()
  const painted: string[] = []
  const [a, b] = [{}, {}]
  queue.push(a, () => painted.push('old'))
  queue.push(b, () => painted.push('b'))
  queue.push(a, () => painted.push('new'))
  queue.cancel(b)
  for (let i = 0; i < 4; i++) step()
  expect(painted).toEqual(['new'])
})

it('goes on after a job that fails', () => {
  const { queue, step } = steppedQueue()
  const painted: string[] = []
  queue.push({}, () => {
    throw new Error('no canvas')
  })
  queue.push({}, () => painted.push('b'))
  expect(step).toThrow('no canvas')
  step()
  expect(painted).toEqual(['b'])
})

it('takes tasks from the browser by default', async () => {
  const queue = new PaintQueue()
  const painted: number[] = []
  await new Promise<void>((resolve) => {
    queue.push({}, () => painted.push(1))
    queue.push({}, () => {
      painted.push(2)
      resolve()
    })
    expect(painted).toEqual([])
  })
  expect(painted).toEqual([1, 2])
})
