/** Prints a hash of all bits that the kernels compute, on as many threads as there are cores. */
import { createHash } from 'node:crypto'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { convolutions, type Case } from './winograd-cases.ts'

const cases: Case[] = [
  { x: [2, 4, 28, 28, 45], outputs: 144, taps: [1, 3, 3] },
  { x: [1, 2, 7, 7, 256], outputs: 460, taps: [1, 3, 3] },
  { x: [2, 9, 20, 20, 144], outputs: 64, taps: [3, 1, 1] },
  { x: [2, 5, 26, 29, 45], outputs: 50, taps: [3, 3, 3] },
  { x: [1, 2, 7, 7, 192], outputs: 384, taps: [3, 3, 3] },
]

const engine = await loadEngine('float32')
const hash = createHash('sha256')
for (const of of cases) {
  for (const values of Object.values(convolutions(engine, of))) hash.update(values)
}
console.log(hash.digest('hex'))
