import { describe, expect, it, vi } from 'vitest'
import { OneAtATime, remembered } from '#main/base/async/sharing.ts'

describe('remembered', () => {
  it('asks once for all who ask at about the same time', async () => {
    const ask = vi.fn(() => Promise.resolve({}))
    const get = remembered(ask, 60_000)
    const [first, second] = await Promise.all([get(), get()])
    expect(second).toBe(first)
    expect(ask).toHaveBeenCalledTimes(1)
  })

  it('asks again when the answer is old or was a failure', async () => {
    const ask = vi.fn(() => Promise.reject(new Error('busy')))
    const get = remembered(ask, 60_000)
    await expect(get()).rejects.toThrow('busy')
    await expect(get()).rejects.toThrow('busy')
    const old = remembered(ask, 0)
    await expect(old()).rejects.toThrow('busy')
    expect(ask).toHaveBeenCalledTimes(3)
  })
})

describe('OneAtATime', () => {
  async function* counting(log: string[], name: string, until: Promise<unknown>) {
    log.push(`${name} begins`)
    yield name
    await until
    log.push(`${name} ends`)
  }

  it('refuses a second job beside the first, and takes it after', async () => {
    const jobs = new OneAtATime('Wait.')
    const log: string[] = []
    const first = jobs.run(() => counting(log, 'first', Promise.resolve()))
    await first.next()
    await expect(jobs.run(() => counting(log, 'second', Promise.resolve())).next()).rejects.toThrow(
      'Wait.',
    )
    await first.next()
    await jobs.run(() => counting(log, 'third', Promise.resolve())).next()
    expect(log).toEqual(['first begins', 'first ends', 'third begins'])
  })

  it('waits for a job that has been given up', async () => {
    const jobs = new OneAtATime('Wait.')
    const log: string[] = []
    const leave = new AbortController()
    const released = Promise.withResolvers<null>()
    const first = jobs.run(() => counting(log, 'first', released.promise), leave.signal)
    await first.next()
    leave.abort()
    const second = jobs.run(() => counting(log, 'second', Promise.resolve()))
    const waiting = second.next()
    released.resolve(null)
    await first.next()
    await waiting
    expect(log).toEqual(['first begins', 'first ends', 'second begins'])
  })

  it('is free again after a job that failed', async () => {
    const jobs = new OneAtATime('Wait.')
    const failing = jobs.run(async function* () {
      yield 1
      throw new Error('no disk')
    })
    await failing.next()
    await expect(failing.next()).rejects.toThrow('no disk')
    expect(await jobs.run(() => counting([], 'next', Promise.resolve())).next()).toMatchObject({
      value: 'next',
    })
  })
})
