/**
 * Sums, and then rank 1 does what it is told to, before all sum again: `stands` lets its main thread wait
 * for what never comes, `computes` MS lets it compute without a call.
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
  collective.sum(values)
  await collective.close()
} catch (error) {
  writeSync(2, `caught: ${error}\n`)
  process.exit(1)
}
