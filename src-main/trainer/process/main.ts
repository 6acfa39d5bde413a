/** Entry of the trainer process: receives one job from its host, does it, and ends. */
import { carry } from '../carrying/carry.ts'
import { rankOf } from '../collective/rank.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import { keepFlowIn } from '../loader/flow-folder.ts'
import { HostPort } from './host-port.ts'
import { mine } from '../mining/mine.ts'
import { pretrain } from '../training/pretrain.ts'
import { chooseDevice, follow, lead } from './ranks.ts'
import { rehearse } from '../trials/rehearse.ts'
import { socketLine } from './socket-line.ts'
import { timeBatches } from '../trials/time-batches.ts'
import type { FromTrainer, TrainerJob } from './messages.ts'

const ranks = rankOf()
if (ranks) chooseDevice(ranks)
if (ranks && ranks.rank > 0) await follow()

const { FAME_STARTER: starter } = process.env
const port = new HostPort(starter === undefined ? undefined : socketLine(starter))

async function run(job: TrainerJob): Promise<FromTrainer> {
  try {
    return await doJob(job)
  } catch (error) {
    console.error(error)
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

function doJob(job: TrainerJob): Promise<FromTrainer> {
  if ('flowCache' in job) keepFlowIn(job.flowCache ?? null)
  switch (job.kind) {
    case 'pretrain':
      return ranks ? lead(job, port) : pretrain(job, port)
    case 'evaluate':
      return evaluate(job, port)
    case 'time':
      return timeBatches(job, port)
    case 'mine':
      return mine(job, port)
    case 'carry':
      return carry(job, port)
    case 'rehearse':
      return rehearse(job, port)
  }
}

const job = await port.receiveJob()
const last: FromTrainer = job ? await run(job) : { type: 'stopped', step: 0 }
await port.close(last)
// Ranks that wait for one that has no job are ended by mpirun, which looks at this code.
process.exit(last.type === 'failed' || (ranks && !job) ? 1 : 0)
