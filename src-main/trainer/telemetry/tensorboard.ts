import { join } from 'node:path'
import { EventFile } from '../../tensorboard/event-file.ts'
import type { FromTrainer, PretrainJob } from '../process/messages.ts'

type Send = (message: FromTrainer) => void

/**
 * Hands messages on and, where the run asks for it, writes the metrics among them to event files in
 * its folder `tensorboard` as they go. A disk that refuses costs these files and not the run.
 * @param step what the run goes on from
 */
export function withTensorboard({ config, folder }: PretrainJob, step: number, send: Send): Send {
  if (!config.tensorboard) return send
  let file: EventFile | null = null
  let isGivenUp = false
  return (message) => {
    send(message)
    if (message.type !== 'metrics' || isGivenUp) return
    try {
      file ??= new EventFile(join(folder, 'tensorboard'), { firstStep: step + 1 })
      file.append(message.points)
    } catch (error) {
      // Part of a record may be there: nothing may follow it in this file.
      isGivenUp = true
      send({ type: 'warning', message: refusal(error) })
    }
  }
}

function refusal(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return (
    `TensorBoard's event files are no longer written (${reason}). Training continues; ` +
    'runs export --tensorboard writes them from the stored metrics.'
  )
}
