import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { loadMpi } from '../../../../src-main/trainer/collective/mpi/library.ts'
import { roundTo } from '../../../../src-main/trainer/collective/mpi/bfloat16.ts'
import { rankOf } from '../../../../src-main/trainer/collective/rank.ts'
import { isAlive } from '../starter/ranks.ts'
import { numbersOf } from './numbers.ts'
import { hasOpenMpi, MPI_ENVIRONMENT, MPIRUN, onRanks } from './open-mpi.ts'

interface Answer {
  rank: number
  size: number
  answers: {
    sum: string
    plain: string
    rounded: string
    gathered: string
    heard: string
    borders: number[]
    values: number[]
  }[]
}

const hash = (values: Float32Array): string => createHash('sha256').update(values).digest('hex')

/** The nearer of the two bfloat16 around a number, the even one of two that are as near. */
function nearest(value: number): number {
  const word = new Uint32Array(Float32Array.of(value).buffer)[0]
  const [low, high] = [word >>> 16, (word >>> 16) + 1].map((half) => ({
    half,
    value: new Float32Array(Uint32Array.of(half << 16).buffer)[0],
  }))
  const [below, above] = [Math.abs(value - low.value), Math.abs(high.value - value)]
  if (below === above) return low.half % 2 === 0 ? low.value : high.value
  return below < above ? low.value : high.value
}

describe.skipIf(!hasOpenMpi)('Ranks of Open MPI', () => {
  test.for([2, 3])('exchange what plain arithmetic gives, %d of them', async (size) => {
    const seed = 17 + size
    const rng = new Rng(seed)
    const lengths = [1, 2, 7, 100_000, ...Array.from({ length: 8 }, () => 1 + rng.int(1500))]
    console.log(`seed ${seed}: lengths ${lengths.join(', ')}`)
    const ranks = await onRanks<Answer>(size, 'exchange-program.ts', JSON.stringify(lengths))
    expect(ranks.map(({ rank, size: said }) => [rank, said])).toEqual(
      Array.from({ length: size }, (_, rank) => [rank, size]),
    )
    for (const { answers } of ranks) expect(answers).toEqual(ranks[0].answers)
    for (const [i, length] of lengths.entries()) {
      const all = Array.from({ length: size }, (_, rank) => numbersOf(i, rank, length))
      const answer = ranks[0].answers[i]
      expect(answer.gathered).toBe(hash(Float32Array.from(all.flatMap((one) => [...one]))))
      expect(answer.heard).toBe(hash(all[0]))
      expect(answer.borders).toEqual([0, 0, 0, 0, 0, 0])
      const rounded = all[0].map((_, k) => {
        const sum = all.reduce((before, one) => Math.fround(before + nearest(one[k])), 0)
        return nearest(sum)
      })
      expect(answer.rounded).toBe(hash(rounded))
      const plain = all[0].map((_, k) => all.reduce((sum, one) => Math.fround(sum + one[k]), 0))
      if (size === 2) expect([answer.sum, answer.plain]).toEqual([hash(plain), hash(plain)])
      for (const [k, value] of answer.values.entries()) {
        const largest = Math.max(...all.map((one) => Math.abs(one[k])))
        expect(Math.abs(value - plain[k])).toBeLessThanOrEqual(largest * 2 ** -22)
      }
    }
  })
})

describe.skipIf(!hasOpenMpi)('A rank', () => {
  const run = (...what: string[]): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(
      'mpirun',
      [
        ...MPIRUN,
        '-n',
        '2',
        process.execPath,
        join(import.meta.dirname, 'hang-program.ts'),
        ...what,
      ],
      { env: { ...process.env, ...MPI_ENVIRONMENT, FAME_LOST_AFTER: '4' } },
    )

  test('whose main thread stands still is named, and all end', async () => {
    const failed = await run('stands').then(
      () => null,
      (error: unknown) => error as { stdout: string; stderr: string },
    )
    expect(failed?.stderr).toMatch(/caught: CollectiveError: Rank 1 has not answered for 4 s/)
    const pids = [...(failed?.stdout ?? '').matchAll(/^pid \d (\d+)$/gm)].map(([, pid]) => pid)
    expect(pids).toHaveLength(2)
    await expect.poll(() => pids.filter((pid) => isAlive(Number(pid)))).toEqual([])
  })

  test('that computes for longer is waited for', async () => {
    const { stderr } = await run('computes', '8000')
    expect(stderr).not.toContain('caught')
  })
})

test('Rounding to bfloat16 keeps ties even, infinities and what is not a number', () => {
  const words = [0x3f808000, 0x3f818000, 0x7f7fffff, 0x7f800001, 0xff800000, 0x80000000, 1]
  const halves = new Uint16Array(words.length)
  roundTo(new Float32Array(Uint32Array.from(words).buffer), halves)
  expect([...halves]).toEqual([0x3f80, 0x3f82, 0x7f80, 0x7fc0, 0xff80, 0x8000, 0])
})

test('A missing library and another MPI are named, with what to install', () => {
  expect(() => loadMpi(['libmpi-of-nobody.so'])).toThrow(
    /cannot be loaded.*apt install openmpi-bin/,
  )
  const other = process.platform === 'darwin' ? 'libSystem.dylib' : 'libc.so.6'
  expect(() => loadMpi([other])).toThrow(/not Open MPI.*MPICH/)
})

test('mpirun says which rank a process is, and one process alone is none', () => {
  const environment = {
    OMPI_COMM_WORLD_SIZE: '4',
    OMPI_COMM_WORLD_RANK: '3',
    OMPI_COMM_WORLD_LOCAL_RANK: '1',
    OMPI_COMM_WORLD_LOCAL_SIZE: '2',
  }
  expect(rankOf(environment)).toEqual({ rank: 3, size: 4, local: 1, neighbours: 2 })
  expect(rankOf({ ...environment, OMPI_COMM_WORLD_SIZE: '1' })).toBeNull()
  expect(rankOf({})).toBeNull()
})
