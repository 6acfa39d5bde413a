import { entryPath } from '../../base/processes/entry-path.ts'
import { nodeBinary } from '../../base/processes/node-binary.ts'
import { trainerEnvironment } from '../../base/processes/trainer-environment.ts'
import type { Rank } from '../../trainer/collective/rank.ts'
import { say } from './output.ts'
import { exitCodes, runProgram } from './program.ts'

/** What asks for something else than a training. */
const OTHERWISE = ['--help', '-h', '--estimate', '--dry-run']

/**
 * Runs the program as one of several that `mpirun` has started: rank 0 is the host as always, the
 * others only train with it. Anything but a pretraining is refused, by rank 0 alone.
 * @returns the exit code; the other ranks do not return, for they become trainers
 */
export async function runUnderMpirun(
  { rank, size }: Rank,
  args: readonly string[],
): Promise<number> {
  const trains = args[0] === 'pretrain' && !args.some((arg) => OTHERWISE.includes(arg))
  if (rank === 0) {
    if (trains) return runProgram(args)
    say(
      `Only a pretraining can be done by several processes, but mpirun has started ${size}. Call it ` +
        'without mpirun.',
    )
    return exitCodes.usage
  }
  if (!trains) return exitCodes.done
  return becomeTrainer()
}

function becomeTrainer(): never {
  const node = nodeBinary()
  const environment = Object.entries(trainerEnvironment()).filter(
    ([, value]) => value !== undefined,
  )
  if (!process.execve) throw new Error('This system cannot run a training under mpirun.')
  return process.execve(node, [node, entryPath('trainer')], Object.fromEntries(environment))
}
