import { describe, expect, it } from 'vitest'
import { Latest } from '../../../src-renderer/src/lib/latest.ts'

interface Wish {
  video: number
  beta: number
}

function setUp() {
  const started: Wish[] = []
  const aborted: Wish[] = []
  let finish = () => {}
  const latest = new Latest<Wish>({
    isStale: (running, next) => running.video !== next.video,
    run: (wish, signal) =>
      new Promise((resolve) => {
        started.push(wish)
        finish = resolve
        signal.addEventListener('abort', () => {
          aborted.push(wish)
          resolve()
        })
      }),
  })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { latest, started, aborted, settle, finish: () => (finish(), settle()) }
}

describe('Latest', () => {
  it('runs one at a time and goes on to the last wish, not to those in between', async () => {
    const { latest, started, aborted, finish } = setUp()
    for (const beta of [0.1, 0.2, 0.3, 0.4]) latest.push({ video: 1, beta })
    expect(started.map(({ beta }) => beta)).toEqual([0.1])
    await finish()
    expect(started.map(({ beta }) => beta)).toEqual([0.1, 0.4])
    expect(aborted).toEqual([])
  })

  it('gives up at once what is of no use any more', async () => {
    const { latest, started, aborted, settle } = setUp()
    latest.push({ video: 1, beta: 0.5 })
    latest.push({ video: 2, beta: 0.5 })
    await settle()
    expect(aborted.map(({ video }) => video)).toEqual([1])
    expect(started.map(({ video }) => video)).toEqual([1, 2])
  })

  it('starts nothing after it was cancelled', async () => {
    const { latest, started, settle } = setUp()
    latest.push({ video: 1, beta: 0.1 })
    latest.push({ video: 1, beta: 0.2 })
    latest.cancel()
    await settle()
    expect(started).toHaveLength(1)
  })
})
