/** Every rank makes the same calls with its own numbers and writes down what came out, as hashes. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MpiCollective } from '../../../../src-main/trainer/collective/mpi/mpi-collective.ts'
import { numbersOf } from './numbers.ts'

const lengths = JSON.parse(process.argv[2]) as number[]
const collective = await MpiCollective.open()
const { rank, size } = collective
const hash = (values: Float32Array | Uint8Array): string =>
  createHash('sha256').update(values).digest('hex')

const answers = lengths.map((length, i) => {
  const values = (): Float32Array => numbersOf(i, rank, length)
  const started = (['float32', 'bfloat16'] as const).map((wire) => {
    collective.wire = wire
    const memory = collective.allocate(length + 3)
    memory.set(values(), 2)
    return { memory, sum: collective.startSum(memory.subarray(2, 2 + length)) }
  })
  // These do not wait for those above.
  const sum = values()
  collective.sum(sum)
  const gathered = collective.gather(values())
  const bytes = new Uint8Array(numbersOf(i, 0, length).buffer)
  const heard = collective.broadcast(rank === 0 ? bytes : new Uint8Array())
  // The one that began last is waited for first.
  for (const { sum: pending } of started.toReversed()) pending.wait()
  const [plain, rounded] = started.map(({ memory }) => memory)
  const borders = [plain, rounded].flatMap((all) => [all[0], all[1], all[length + 2]])
  return {
    ...{ sum: hash(sum), plain: hash(plain.slice(2, -1)), rounded: hash(rounded.slice(2, -1)) },
    ...{ gathered: hash(gathered), heard: hash(heard), borders },
    values: length < 2000 ? Array.from(sum) : [],
  }
})
await collective.close()
writeFileSync(
  join(process.env.ANSWERS ?? '', `${rank}.json`),
  JSON.stringify({ rank, size, answers }),
)
