/** A trainer process that is killed outright when it has written its checkpoint of step 2. */
import { HostPort } from '#main/trainer/process/host-port.ts'
import { pretrain } from '#main/trainer/training/pretrain.ts'
import type { FromTrainer } from '#main/trainer/process/messages.ts'

class DoomedPort extends HostPort {
  override send(message: FromTrainer): void {
    if (message.type === 'checkpoint' && message.step === 2) process.kill(process.pid, 'SIGKILL')
    super.send(message)
  }
}

const port = new DoomedPort()
const job = await port.receiveJob()
if (job?.kind === 'pretrain') await pretrain(job, port)
