/**
 * Entry of the starter: it stands between the host and the ranks of a pretraining, which mpirun starts,
 * and starts them again when some are lost.
 * Arguments: the trainer's program, how many ranks, how many restarts.
 */
import { ipcLine } from '../process/host-line.ts'
import { Starter } from './starter.ts'

const [entry, workers, restarts] = process.argv.slice(2)
const starter = new Starter(ipcLine, {
  entry,
  workers: Number(workers),
  restarts: Number(restarts),
})
process.on('SIGINT', () => {})
process.on('SIGTERM', () => starter.stop())
process.exitCode = await starter.run()
