/**
 * Entry of the crew: it stands between the host and the ranks of a pretraining, which mpirun starts,
 * and starts them again when some are lost.
 * Arguments: the trainer's program, how many ranks, how many restarts.
 */
import { ipcLine } from '../process/host-line.ts'
import { Crew } from './crew.ts'

const [entry, workers, restarts] = process.argv.slice(2)
const crew = new Crew(ipcLine, {
  entry,
  workers: Number(workers),
  restarts: Number(restarts),
})
process.on('SIGINT', () => {})
process.on('SIGTERM', () => crew.stop())
process.exitCode = await crew.run()
