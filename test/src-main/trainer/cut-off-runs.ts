/**
 * A process that trains the jobs of a file, named by its first argument, one after another. Each is cut
 * off when it has written its checkpoint of step 2, by an error thrown where it says so; its folder is
 * copied to `<folder>-cut-off` at this moment. What came of a job is in `<folder>-outcome`: nothing, or
 * the error that it failed with.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { HostPort } from '#main/trainer/process/host-port.ts'
import type { FromTrainer, PretrainJob } from '#main/trainer/process/messages.ts'
import { pretrain } from '#main/trainer/training/pretrain.ts'

class CutOff extends Error {}

class CutOffPort extends HostPort {
  private readonly folder: string

  constructor(folder: string) {
    super()
    this.folder = folder
  }

  override send(message: FromTrainer): void {
    if (message.type !== 'checkpoint' || message.step !== 2) return
    cpSync(this.folder, `${this.folder}-cut-off`, { recursive: true })
    throw new CutOff('The run is cut off.')
  }
}

/** Begins a run until it is cut off; gives what else ended it. */
async function begin(job: PretrainJob): Promise<string> {
  try {
    return `It ended before its checkpoint: ${inspect(await pretrain(job, new CutOffPort(job.folder)))}`
  } catch (error) {
    return error instanceof CutOff ? '' : inspect(error)
  }
}

const jobs = JSON.parse(readFileSync(process.argv[2], 'utf8')) as PretrainJob[]
process.setMaxListeners(2 * jobs.length + 10)
for (const job of jobs) writeFileSync(`${job.folder}-outcome`, await begin(job))
process.exit(0)
