import { expect, it } from 'vitest'
import { Turns } from '../../../src-renderer/src/lib/limiter.ts'

it('lets two work at a time, in order, and leaves out what is not wanted any more', async () => {
  const turns = new Turns(2)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string, isWanted = () => true) =>
    turns.take(() => {
      begun.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    }, isWanted)
  const all = [work('a'), work('b'), work('c', () => false), work('d')]
  expect(begun).toEqual(['a', 'b'])
  ends.get('b')?.()
  await expect.poll(() => begun).toEqual(['a', 'b', 'd'])
  ends.get('a')?.()
  ends.get('d')?.()
  await Promise.all(all)
  const last = work('e')
  expect(begun.at(-1)).toBe('e')
  ends.get('e')?.()
  await last
})
