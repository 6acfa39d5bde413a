import type { Job } from './job.ts'
import { taskScript } from './task-script.ts'

export interface SlurmOptions {
  /** Processor cores and memory (as Slurm takes it: `32G`) of a task. */
  cores: number
  memory: string
  gpus: number
  /** `days-hours:minutes:seconds`; null for the partition's own. */
  time: string | null
  partition: string | null
  /** Tasks at a time; null for as many as there is room for. */
  parallel: number | null
}

/** Seconds before the end of its time at which a task is told. */
const NOTICE = 300

/**
 * A job file for sbatch. Slurm starts a task again on another machine when its own fails; a task that is
 * told that its time ends writes a checkpoint, stores it and asks to be queued again.
 */
export function slurmJob(job: Job, options: SlurmOptions): string {
  const { cores, memory, gpus, time, partition, parallel } = options
  const limit = parallel === null ? '' : `%${parallel}`
  const lines = [
    `--job-name=${job.name}`,
    ...(job.tasks.length > 1 ? [`--array=0-${job.tasks.length - 1}${limit}`] : []),
    '--ntasks=1',
    `--cpus-per-task=${cores}`,
    `--mem=${memory}`,
    ...(gpus > 0 ? [`--gpus=${gpus}`] : []),
    ...(time === null ? [] : [`--time=${time}`]),
    ...(partition === null ? [] : [`--partition=${partition}`]),
    '--requeue',
    '--open-mode=append',
    `--signal=B:USR1@${NOTICE}`,
    `--output=${job.name}-${job.tasks.length > 1 ? '%A-%a' : '%j'}.log`,
  ]
  return `#!/bin/bash
${lines.map((line) => `#SBATCH ${line}`).join('\n')}
set -euo pipefail
task=\${SLURM_ARRAY_TASK_ID:-0}

# The time is up: the task goes on when Slurm starts it again.
again() {
  scontrol requeue "$SLURM_JOB_ID"
  exit 0
}

${taskScript(job)}
`
}
