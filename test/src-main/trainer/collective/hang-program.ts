/**
 * Sums once and again; says so, and then does what rank 1 is told to do. Arguments: `sums`, `stands`
 * (rank 1's main thread waits for what never comes) or `computes` (it calls nothing for some seconds).
 */
import { writeSync } from 'node:fs'
import { MpiCollective } from '../../../../src-main/trainer/collective/mpi/mpi-collective.ts'

const [what] = process.argv.slice(2)
const collective = await MpiCollective.open()
const { rank } = collective
const values = new Float32Array(4)
collective.sum(values)
writeSync(1, `pid ${rank} ${process.pid}\n`)
if (rank === 1 && what === 'stands') {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
if (rank === 1 && what === 'computes') {
  const until = performance.now() + Number(process.argv[3])
  while (performance.now() < until) Math.sqrt(until)
}
try {
  do collective.sum(values)
  while (what !== 'computes')
  await collective.close()
} catch (error) {
  writeSync(2, `caught: ${error}\n`)
  process.exit(1)
}
