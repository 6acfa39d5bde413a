import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { printRunFile } from '#shared/config/run-file.ts'
import { PROTOCOLS, type Protocol } from '#shared/tasks/index.ts'
import { installationFolder } from '../../base/processes/installation.ts'
import { jobName, type Job } from '../../cluster/job.ts'
import { readTasks, type TaskList } from '../../cluster/read-tasks.ts'
import { jsonOption, projectOption, realNumber, UsageError, wholeNumber } from './arguments.ts'

interface JobOptions {
  project: string
  data: string
  shared: string
  fame: string
  evaluate: Protocol[]
  saveEvery: number
  name?: string
  cores: number
  gpus: number
  workers?: number
  parallel?: number
}

const WHAT =
  'number of a run whose settings are trained; or a YAML file of a sweep or of a benchmark'

const HELP = `
A sweep's file has the settings that its runs share, and:
  grid: { lr: [0.1, 0.3], beta: [0.3, 0.5] }   every combination is a task
  seeds: [1, 2, 3]                             each with every seed (optional)
  evaluate: [linear, knn]                      evaluations that follow (optional)
A benchmark's file has:
  runs: [/shared/a, /shared/b]                 folders that 'runs export --folder' wrote
  evaluate: [linear, knn]

Each task works in a project on the machine's own disk and stores its run in --shared, from where it
goes on after a failure. When all are done: bin/fame cluster collect SHARED --project P`

function protocolList(text: string): Protocol[] {
  return text.split(',').map((name) => {
    const found = PROTOCOLS.find((known) => known === name.trim())
    if (found) return found
    throw new UsageError(`There is no protocol '${name}'. Known: ${PROTOCOLS.join(', ')}.`)
  })
}

function jobCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<what>', WHAT)
    .requiredOption('--data <dir>', 'folder of the data set, as the machines see it')
    .requiredOption('--shared <dir>', 'folder that all machines see, for runs and checkpoints')
    .option('--evaluate <protocols>', 'for a run: evaluations that follow', protocolList, [])
    .option(
      '--save-every <minutes>',
      'how often a run is stored in --shared',
      realNumber(1, 1e5),
      30,
    )
    .option('--name <text>', 'name of the job')
    .option('--cores <n>', 'processor cores of a task', wholeNumber(1, 4096), 8)
    .option('--gpus <n>', 'GPUs of a task', wholeNumber(0, 64), 0)
    .option('--parallel <n>', 'tasks at a time (default: all)', wholeNumber(1, 1e6))
    .addOption(projectOption())
    .addHelpText('after', HELP)
}

const slurmCommand = jobCommand('slurm', 'print a job file for sbatch')
  .option('--fame <path>', 'the workbench as the machines see it', ownCommand())
  .option('--memory <size>', 'memory of a task', '16G')
  .option(
    '--workers <n>',
    'processes that share the training of a task, under Open MPI (see docs/parallel.md)',
    wholeNumber(1, 4096),
    1,
  )
  .option('--time <limit>', "time limit of a task (default: the partition's)")
  .option('--partition <name>', 'partition')
  .action(async (what: string, options: JobOptions & SlurmExtras) => {
    const { slurmJob } = await import('../../cluster/slurm.ts')
    const { time = null, partition = null, parallel = null, cores, memory, gpus } = options
    const job = await jobOf(what, options)
    process.stdout.write(slurmJob(job, { cores, memory, gpus, time, partition, parallel }))
  })

interface SlurmExtras {
  memory: string
  time?: string
  partition?: string
}

const kubernetesCommand = jobCommand('kubernetes', 'print an Indexed Job for kubectl apply')
  .requiredOption('--image <name>', 'image that holds the workbench: see Dockerfile')
  .requiredOption('--data-claim <name>', 'volume claim with the videos')
  .requiredOption('--shared-claim <name>', 'volume claim that all tasks write to')
  .option('--fame <path>', 'the workbench in the image', '/opt/fame/bin/fame')
  .option('--memory <size>', 'memory of a task', '16Gi')
  .option('--namespace <name>', 'namespace')
  .action(async (what: string, options: JobOptions & KubernetesExtras) => {
    const { kubernetesJob } = await import('../../cluster/kubernetes.ts')
    const { image, dataClaim, sharedClaim, namespace = null } = options
    const { cores, memory, gpus, parallel = null } = options
    const job = await jobOf(what, options)
    const resources = { cores, memory, gpus, parallel }
    process.stdout.write(
      kubernetesJob(job, { ...resources, image, dataClaim, sharedClaim, namespace }),
    )
  })

interface KubernetesExtras {
  image: string
  dataClaim: string
  sharedClaim: string
  memory: string
  namespace?: string
}

const collectCommand = new Command('collect')
  .description('take the runs of finished tasks, and new evaluations of known runs, into a project')
  .argument('<shared>', 'folder that was given to the job as --shared')
  .addOption(projectOption())
  .addOption(jsonOption('print one JSON line for each task that is done'))
  .action(async (shared: string, options: { project: string; json: boolean }) => {
    const { collect } = await import('./collect-tasks.ts')
    await collect(resolve(shared), options)
  })

export const clusterCommand = new Command('cluster')
  .description('write job files for Slurm and Kubernetes, and take in what the jobs have made')
  .addCommand(slurmCommand)
  .addCommand(kubernetesCommand)
  .addCommand(collectCommand)

function ownCommand(): string {
  return join(installationFolder(), 'bin', 'fame')
}

async function jobOf(what: string, options: JobOptions): Promise<Job> {
  const isRun = /^\d+$/.test(what)
  if (!isRun && options.evaluate.length > 0) {
    throw new UsageError("--evaluate is for a run. Write 'evaluate: [...]' into the file instead.")
  }
  const { name, tasks } = isRun ? await runTask(what, options) : fileTasks(what)
  const { data, shared, fame, saveEvery, gpus, workers = 1 } = options
  if (gpus > workers) {
    throw new UsageError(`Each process uses one GPU: for ${gpus}, give --workers ${gpus}.`)
  }
  return { name: jobName(options.name ?? name), tasks, data, shared, fame, saveEvery, workers }
}

async function runTask(id: string, { project: folder, evaluate }: JobOptions): Promise<TaskList> {
  const { openProject } = await import('../../store/project.ts')
  const project = openProject(folder, { readonly: true })
  try {
    const { name, config } = project.store.runs.get(Number(id))
    const settings = printRunFile({ values: config })
    return { name, tasks: [{ label: name, source: { settings }, protocols: evaluate }] }
  } finally {
    project.close()
  }
}

function fileTasks(file: string): TaskList {
  try {
    return readTasks(readFileSync(resolve(file), 'utf8'))
  } catch (error) {
    throw new UsageError(
      `${file} cannot be used: ${error instanceof Error ? error.message : error}`,
    )
  }
}
