import { setImmediate as breathe } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { TrainerSlot } from '#main/runs/queue/trainer-slot.ts'
import { TrainerTurns } from '#main/runs/queue/trainer-turns.ts'

/** Work that goes on until it is ended, and writes down when it begins. */
function longWork(log: string[]) {
  const ends = new Map<string, () => void>()
  const work = (name: string) => (): Promise<void> => {
    log.push(name)
    return new Promise((resolve) => ends.set(name, resolve))
  }
  const end = async (name: string): Promise<void> => {
    ends.get(name)!()
    await breathe()
  }
  return { work, end }
}

test('two projects take turns, job by job, each in its own order', async () => {
  const turns = new TrainerTurns()
  const [ada, bea] = [new TrainerSlot(turns), new TrainerSlot(turns)]
  const begun: string[] = []
  const { work, end } = longWork(begun)
  ada.add(work('a2'), () => 2)
  ada.add(work('a1'), () => 1)
  ada.add(work('a3'), () => 3)
  await breathe()
  bea.add(work('b1'), () => 9)
  await breathe()
  expect(begun).toEqual(['a1'])
  expect([ada.isFree, ada.isElsewhere, bea.isFree, bea.isElsewhere]).toEqual([
    false,
    false,
    false,
    true,
  ])
  await end('a1')
  expect(begun).toEqual(['a1', 'b1'])
  await end('b1')
  await end('a2')
  await end('a3')
  expect(begun).toEqual(['a1', 'b1', 'a2', 'a3'])
  expect([ada.isFree, bea.isFree]).toEqual([true, true])
})

test('a project that closes begins nothing more and does not wait for another', async () => {
  const turns = new TrainerTurns()
  const [ada, bea] = [new TrainerSlot(turns), new TrainerSlot(turns)]
  const begun: string[] = []
  const { work, end } = longWork(begun)
  ada.add(work('a'), () => 1)
  await breathe()
  bea.add(work('b'), () => 1)
  await breathe()
  await bea.close()
  await end('a')
  expect(begun).toEqual(['a'])
  expect(ada.isFree).toBe(true)
})

test('hands the trainer on after work that rejects, and says so', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const turns = new TrainerTurns()
  const [ada, bea] = [new TrainerSlot(turns), new TrainerSlot(turns)]
  const begun: string[] = []
  const { work, end } = longWork(begun)
  ada.add(
    () => Promise.reject(new Error('no such run')),
    () => 1,
  )
  ada.add(work('a2'), () => 2)
  bea.add(work('b1'), () => 1)
  await breathe()
  expect(begun).toEqual(['b1'])
  expect(ada.isElsewhere).toBe(true)
  await end('b1')
  await end('a2')
  expect(begun).toEqual(['b1', 'a2'])
  expect([ada.isFree, bea.isFree]).toEqual([true, true])
  expect(stderr.mock.calls.flat().join('')).toContain('no such run')
  stderr.mockRestore()
})

test('does the work whose place cannot be told last', async () => {
  const slot = new TrainerSlot()
  const begun: string[] = []
  const { work, end } = longWork(begun)
  slot.add(work('a'), () => {
    throw new Error('The database connection is not open')
  })
  slot.add(work('b'), () => 1)
  await breathe()
  await end('b')
  await end('a')
  expect(begun).toEqual(['b', 'a'])
  expect(slot.isFree).toBe(true)
})
