import { runProgram } from './cli/program.ts'
import { runUnderMpirun } from './cli/under-mpirun.ts'
import { rankOf } from '../trainer/collective/rank.ts'

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const args = process.argv.slice(2)
const ranks = rankOf()
process.exitCode = ranks ? await runUnderMpirun(ranks, args) : await runProgram(args)
