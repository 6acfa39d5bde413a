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

const last = await run(await port.receiveJob())
await port.close(last)
process.exit(last.type === 'failed' ? 1 : 0)
