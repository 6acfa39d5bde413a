/** Entry of the trainer process: receives one job from its host, does it, and ends. */
import { evaluate } from './evaluate/evaluate.ts'
import { HostPort } from './host-port.ts'
import { pretrain } from './pretrain.ts'
import type { FromTrainer, TrainerJob } from './protocol.ts'

const port = new HostPort()

async function run(job: TrainerJob): Promise<FromTrainer> {
  try {
    return job.kind === 'pretrain' ? await pretrain(job, port) : await evaluate(job, port)
  } catch (error) {
    console.error(error)
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

const job = await port.receiveJob()
const last: FromTrainer = job ? await run(job) : { type: 'stopped', step: 0 }
await port.close(last)
process.exit(last.type === 'failed' ? 1 : 0)
