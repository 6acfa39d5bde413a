import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { loadNewestCheckpoint, saveCheckpoint } from './checkpoint/checkpoints.ts'
import { loadEngine } from './engine/load.ts'
import type { HostPort } from './host-port.ts'
import { ClipLoader } from './loader/clip-loader.ts'
import { stepsPerEpoch } from './loader/plan.ts'
import { Moco } from './methods/moco.ts'
import { cosineLearningRate } from './methods/schedule.ts'
import type { FromTrainer, PretrainJob } from './protocol.ts'
import { Reporter } from './reporter.ts'

/**
 * Pretrains an encoder with MoCo and FAME (Ding et al., CVPR 2022) until the schedule ends or the
 * host asks to stop; a checkpoint is written then and every `checkpointEvery` steps.
 * @returns the last message for the host
 * @throws Error when TensorFlow, the videos or the disk fail; the last checkpoint stays.
 */
export async function pretrain(job: PretrainJob, port: HostPort): Promise<FromTrainer> {
  const { config, folder } = job
  const total = config.epochs * stepsPerEpoch({ videos: job.videos.length, batch: config.batch })
  const engine = await loadEngine(config.precision)
  port.send({ type: 'engine', engine: engine.info })

  const moco = new Moco(engine, config)
  let step = job.resume ? restore(moco, job, port) : 0
  const loader = new ClipLoader(job.videos, config, (message) => {
    port.send({ type: 'warning', message })
  })
  const reporter = new Reporter({
    send: (message) => port.send(message),
    phase: 'Pretraining',
    unit: 'steps',
    total,
    done: step,
  })
  const save = (): void => {
    const file = saveCheckpoint(folder, step, {
      tensors: moco.stateDict(),
      metadata: {
        format: 'pt',
        config: JSON.stringify(config),
        step: String(step),
      },
    })
    port.send({ type: 'checkpoint', step, file })
  }

  let savedAt = step
  try {
    for await (const { query, key } of loader.batches(step, total)) {
      const lr = cosineLearningRate(config.lr, step, total)
      const { loss, accuracy } = moco.step(query, key, lr)
      step++
      if (!Number.isFinite(loss)) throw new Error(divergence(step, config))
      reporter.advance(step, { loss, accuracy, lr })
      if (step % config.checkpointEvery === 0) {
        save()
        savedAt = step
      }
      await port.breathe()
      if (port.stopRequested) break
    }
    reporter.flush()
    if (savedAt !== step || step === 0) save()
  } finally {
    await loader.close()
    moco.dispose()
  }
  return step < total ? { type: 'stopped', step } : { type: 'done' }
}

/** @returns the step to go on from */
function restore(moco: Moco, job: PretrainJob, port: HostPort): number {
  const saved = loadNewestCheckpoint(job.folder)
  if (!saved) return 0
  for (const message of saved.warnings) port.send({ type: 'warning', message })
  moco.loadState(saved.tensors)
  return saved.step
}

function divergence(step: number, { lr }: PretrainConfig): string {
  return `The loss is no longer a number at step ${step}: start again with a learning rate below ${lr}.`
}
