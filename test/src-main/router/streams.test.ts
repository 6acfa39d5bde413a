import { ORPCError } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { streamed } from '#main/router/streams.ts'
import { WorkbenchError } from '#main/base/workbench-error.ts'
import { collect } from '../runs/training-project.ts'

describe('streamed', () => {
  it('passes everything on until the source ends', async () => {
    async function* source() {
      yield* [1, 2, 3]
    }
    expect(await collect(streamed(source(), undefined))).toEqual([1, 2, 3])
  })

  it('ends at once when the client goes, even while the source waits', async () => {
    const gone = new AbortController()
    let told = false
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          told = true
          return Promise.resolve({ done: true as const, value: undefined })
        },
      }),
    }
    const all = collect(streamed(source, gone.signal))
    gone.abort()
    expect([await all, told]).toEqual([[], true])
  })

  it('does not begin for a client that has gone', async () => {
    let begun = false
    async function* source() {
      begun = true
      yield 1
    }
    expect(await collect(streamed(source(), AbortSignal.abort()))).toEqual([])
    expect(begun).toBe(false)
  })

  it('tells the fact and the remedy of an error in the middle', async () => {
    async function* source() {
      yield 1
      throw new WorkbenchError('The disk is full. Make room.')
    }
    const all = collect(streamed(source(), undefined))
    await expect(all).rejects.toThrow(ORPCError)
    await expect(all).rejects.toThrow('The disk is full. Make room.')
  })
})
