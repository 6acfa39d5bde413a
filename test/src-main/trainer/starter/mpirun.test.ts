import { expect, test } from 'vitest'
import { mpirunArguments } from '#main/trainer/starter/mpirun.ts'
import { whatDied } from '#main/trainer/starter/what-died.ts'

const command = ['node', 'trainer.ts']
const here = '--mca plm isolated --mca ras ^slurm,tm,gridengine,lsf'

test('Each rank is bound to its share of the cores', () => {
  const given = mpirunArguments({ workers: 3, command }, () => true, 8)
  expect(given.join(' ')).toBe(
    `${here} --use-hwthread-cpus --bind-to hwthread --map-by slot:PE=2 -n 3 node trainer.ts`,
  )
})

test.for([
  ['more ranks than cores', 9, true],
  ['a machine that cannot bind', 2, false],
] as const)('All ranks share the cores: %s', ([, workers, canBind]) => {
  const given = mpirunArguments({ workers, command }, () => canBind, 8)
  expect(given.join(' ')).toBe(
    `${here} --oversubscribe --bind-to none -n ${workers} node trainer.ts`,
  )
})

const MPIRUN = `--------------------------------------------------------------------------
Primary job  terminated normally, but 1 process returned
a non-zero exit code. Per user-direction, the job has been aborted.
--------------------------------------------------------------------------
`

test.for([
  [
    'Rank 1 was ended by signal 9 (Killed).',
    'mpirun noticed that process rank 1 with PID 0 on node vm exited on signal 9 (Killed).',
  ],
  [
    'Rank 2 has not answered for 20 s: it is gone.',
    `Rank 2 has not answered for 20 s: it is gone.\n${MPIRUN}`,
  ],
])('mpirun tells who died: %s', ([said, words]) => {
  expect(whatDied({ code: 1, signal: null, words })).toBe(said)
})

test('The output of a rank that has failed is quoted', () => {
  const words = `Error: the disk is full\n${MPIRUN}  Process name: [[22866,1],3]\n  Exit code:    13\n`
  expect(whatDied({ code: 13, signal: null, words })).toMatch(
    /^Rank 3 ended with exit code 13\. The last output:\nError: the disk is full/,
  )
  expect(whatDied({ code: null, signal: 'SIGKILL', words })).toBe(
    'mpirun was ended by signal SIGKILL.',
  )
})
