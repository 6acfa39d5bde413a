import { TrainingState } from './checkpoint/training-state.ts'
import { loadEngine } from './engine/load.ts'
import type { HostPort } from './host-port.ts'
import { ClipLoader } from './loader/clip-loader.ts'
import { stepsPerEpoch } from './loader/plan.ts'
import { MaskTally } from './mask-tally.ts'
import { Moco } from './methods/moco.ts'
import { cosineLearningRate } from './methods/schedule.ts'
import type { FromTrainer, PretrainJob } from './protocol.ts'
import { Reporter } from './reporter.ts'
import { readVideoList } from './video-list.ts'

/**
 * Pretrains an encoder with MoCo and FAME (Ding et al., CVPR 2022) until the schedule ends or the
 * host asks to stop; a checkpoint is written then and every `checkpointEvery` steps.
 * @returns the last message for the host
 * @throws Error when TensorFlow, the videos or the disk fail, or training diverges; the last
 * checkpoint stays.
 */
export async function pretrain(job: PretrainJob, port: HostPort): Promise<FromTrainer> {
  const { config } = job
  const send = (message: FromTrainer): void => port.send(message)
  const list = readVideoList(job.videos)
  const videos = list.videos.length
  const total = config.epochs * stepsPerEpoch({ videos, batch: config.batch })

  const engine = await loadEngine(config.precision)
  send({ type: 'engine', engine: engine.info })
  const moco = new Moco(engine, config)
  const tally = new MaskTally(send)
  const state = new TrainingState({ job, list, trained: moco, masks: tally, send })
  let step = state.restore()
  const warn = (message: string): void => send({ type: 'warning', message })
  const loader = new ClipLoader(list.videos, config, warn)
  const reporter = new Reporter({ send, phase: 'Pretraining', unit: 'steps', total, done: step })

  try {
    for await (const { query, key, masks } of loader.batches(step, total)) {
      const lr = cosineLearningRate(config.lr, step, total)
      const { loss, accuracy } = moco.step(query, key, lr)
      step++
      tally.add(masks)
      if (!Number.isFinite(loss)) throw state.diverged('The loss is no longer a number', step)
      reporter.advance(step, { loss, accuracy, lr })
      if (step % config.checkpointEvery === 0) state.save(step)
      await port.breathe()
      if (port.stopRequested) break
    }
    reporter.flush()
    tally.report()
    state.save(step)
  } finally {
    await loader.close()
    moco.dispose()
  }
  return step < total ? { type: 'stopped', step } : { type: 'done' }
}
