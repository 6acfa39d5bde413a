import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CollectiveError, MissingMpiError } from '../collective/collective.ts'
import { MpiCollective } from '../collective/mpi/mpi-collective.ts'
import type { Rank } from '../collective/rank.ts'
import { keepFlowIn } from '../loader/flow-folder.ts'
import { pretrain } from '../training/pretrain.ts'
import { FollowerPort } from './follower-port.ts'
import type { HostPort } from './host-port.ts'
import type { FromTrainer, PretrainJob } from './messages.ts'

/** Time that rank 0's host has to open the project and list the videos, in ms. */
const HOST_WITHIN = 600_000

/** Time that rank 0 has for its last word when another one has failed, in ms. */
const LET_SPEAK = 10_000

/** Whether the ranks began together; under a person's mpirun, rank 0 has its host first. */
function isStarted(): boolean {
  return process.env.FAME_STARTER !== undefined
}

/**
 * Each rank of a machine takes one of its GPUs, of those that the environment allows; a scheduler may
 * allow all ranks of a machine the same ones. Where there are fewer GPUs than ranks, they share them.
 */
export function chooseDevice({ local }: Rank, environment = process.env): void {
  const allowed = environment.CUDA_VISIBLE_DEVICES?.split(',').filter((device) => device !== '')
  if (allowed?.length === 0) return
  environment.CUDA_VISIBLE_DEVICES = allowed ? allowed[local % allowed.length] : String(local)
}

/** Rank 0: hands the job to the others and does it with them. */
export async function lead(job: PretrainJob, port: HostPort): Promise<FromTrainer> {
  try {
    const collective = await MpiCollective.open()
    collective.broadcast(Buffer.from(JSON.stringify(job)))
    collective.broadcast(readFileSync(job.videos.file))
    return await together(job, port, collective)
  } catch (error) {
    if (!(error instanceof CollectiveError)) throw error
    console.error(error)
    if (error instanceof MissingMpiError) return { type: 'failed', message: error.message }
    return { type: 'failed', message: error.message, lost: true }
  }
}

/** Another rank: does what rank 0 hands it, and ends this process. */
export async function follow(): Promise<never> {
  const port = new FollowerPort()
  const folder = mkdtempSync(join(parentFolder(), 'fame-rank-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  try {
    const collective = await MpiCollective.open(isStarted() ? undefined : HOST_WITHIN)
    const job = receiveJob(collective, folder)
    keepFlowIn(null)
    await together(job, port, collective)
  } catch (error) {
    const isLost = error instanceof CollectiveError && !(error instanceof MissingMpiError)
    console.error(error instanceof CollectiveError ? error.message : error)
    // What fails here may fail on all ranks alike, such as a run that diverges. mpirun ends rank 0 when
    // this process has ended, so it gets the time to say so.
    if (!isLost) await delay(LET_SPEAK)
    process.exit(1)
  }
  process.exit(0)
}

/** The starter removes its folder even where this process is killed; another machine has none. */
function parentFolder(): string {
  const { FAME_STARTER: socket } = process.env
  const folder = socket === undefined ? tmpdir() : dirname(socket)
  return existsSync(folder) ? folder : tmpdir()
}

/** The list of videos is in rank 0's project, which another machine does not see. */
function receiveJob(collective: MpiCollective, folder: string): PretrainJob {
  const hear = (): Uint8Array => collective.broadcast(new Uint8Array())
  const job = JSON.parse(Buffer.from(hear()).toString()) as PretrainJob
  const file = join(folder, 'videos.jsonl')
  writeFileSync(file, hear())
  return { ...job, videos: { ...job.videos, file } }
}

async function together(
  job: PretrainJob,
  port: HostPort | FollowerPort,
  collective: MpiCollective,
): Promise<FromTrainer> {
  collective.wire = job.config.wire
  const last = await pretrain(job, port, collective)
  await collective.close()
  return last
}
