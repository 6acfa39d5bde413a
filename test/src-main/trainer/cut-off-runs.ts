/**
 * A process that trains the jobs of a file, named by its first argument, one after another. Each is cut
 * off when it has written its checkpoint of step 2; its folder is copied to `<folder>-killed` at this
 * moment, which is what a process that is killed then leaves.
 */
import { cpSync, readFileSync } from 'node:fs'
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
    cpSync(this.folder, `${this.folder}-killed`, { recursive: true })
    throw new CutOff('The run is cut off.')
  }
}

const jobs = JSON.parse(readFileSync(process.argv[2], 'utf8')) as PretrainJob[]
process.setMaxListeners(2 * jobs.length + 10)
for (const job of jobs) {
  await pretrain(job, new CutOffPort(job.folder)).catch((error: unknown) => {
    if (!(error instanceof CutOff)) throw error
  })
}
process.exit(0)
