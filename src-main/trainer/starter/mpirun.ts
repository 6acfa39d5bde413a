import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** What runs as each rank, and where rank 0 finds the starter. */
export interface RanksOptions {
  workers: number
  /** Program and arguments of a rank. */
  command: readonly string[]
}

/** All ranks run on this machine, whatever a scheduler has told mpirun of slots and machines. */
const HERE = ['--mca', 'plm', 'isolated', '--mca', 'ras', '^slurm,tm,gridengine,lsf']

/**
 * Arguments of `mpirun`. Each rank gets its share of the cores that this process may use, which
 * TensorFlow and the kernels take their number of threads from; ranks that are more than the cores,
 * and those of a machine that cannot bind, share all of them.
 */
export function mpirunArguments(
  { workers, command }: RanksOptions,
  canBind: (flags: readonly string[]) => boolean = bindsHere,
  cores = availableParallelism(),
): string[] {
  const own = Math.floor(cores / workers)
  const ranks = ['-n', String(workers)]
  const binding = ['--use-hwthread-cpus', '--bind-to', 'hwthread', '--map-by', `slot:PE=${own}`]
  const bound = [...HERE, ...binding, ...ranks]
  const free = [...HERE, '--oversubscribe', '--bind-to', 'none', ...ranks]
  return [...(own > 0 && canBind(bound) ? bound : free), ...command]
}

/** Whether mpirun can start ranks so: containers and virtual machines may hide their cores from it. */
function bindsHere(flags: readonly string[]): boolean {
  const { status } = spawnSync('mpirun', [...flags, 'true'], {
    stdio: 'ignore',
    env: mpirunEnvironment(),
  })
  return status === 0
}

/** mpirun runs as root only where this says so; containers often have no other user. */
export function mpirunEnvironment(base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...base, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' }
}
