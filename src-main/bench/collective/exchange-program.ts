/** Every rank makes the same sums; rank 0 prints the times, in ms, as one line of JSON. */
import { availableParallelism, loadavg } from 'node:os'
import { MpiCollective, type Wire } from '../../trainer/collective/mpi/mpi-collective.ts'
import type { ExchangeTimes, SumTime } from './exchange.ts'

/** Float32 values of a sum, 64 to 16 million. */
const LENGTHS = [64, 1024, 16_384, 262_144, 4_194_304, 16_777_216]
/** About so many values are summed at each length, at least 5 times and at most 200. */
const VALUES = 40e6

const collective = await MpiCollective.open()
const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1]

/** The median time of one sum; a first one is not timed. */
function timed(length: number, sum: () => void): number {
  const times: number[] = []
  const rounds = Math.min(200, Math.max(5, Math.round(VALUES / length)))
  sum()
  for (let i = 0; i < rounds; i++) {
    const start = performance.now()
    sum()
    times.push(performance.now() - start)
  }
  return median(times)
}

function started(length: number, wire: Wire): number {
  const values = collective.allocate(length)
  collective.wire = wire
  return timed(length, () => collective.startSum(values).wait())
}

const sums = LENGTHS.map((length): SumTime => {
  const values = new Float32Array(length)
  const waiting = timed(length, () => collective.sum(values))
  return {
    length,
    waiting,
    float32: started(length, 'float32'),
    bfloat16: started(length, 'bfloat16'),
  }
})
const { rank, size } = collective
await collective.close()
if (rank === 0) {
  const times: ExchangeTimes = {
    ranks: size,
    threads: availableParallelism(),
    load: loadavg()[0],
    sums,
  }
  process.stdout.write(`${JSON.stringify(times)}\n`)
}
