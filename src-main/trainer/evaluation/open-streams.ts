import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { EvaluatedNetwork } from '#shared/methods/method.ts'
import { chosenStreams, streamsOf } from '#shared/methods/streams.ts'
import { deriveSeed } from '#shared/random/rng.ts'
import { checkpointFolder, loadNewestCheckpoint } from '../checkpoint/checkpoints.ts'
import { createEncoder, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { unprefixed } from '../methods/learner.ts'
import type { StateDict } from '../networks/weights.ts'
import type { HostPort } from '../process/host-port.ts'
import type { EvaluateJob } from '../process/messages.ts'

/** A network that is evaluated, and how its clips are made. */
export interface OpenStream {
  encoder: Encoder
  config: PretrainConfig
}

/** Tells the random weights of a second network from those of the first. */
const SECOND = 0x7365636f

/**
 * The networks that an evaluation takes, with the weights of its run or random ones.
 * @throws Error when the run has no checkpoint; StateError when it has no such network
 */
export function openStreams(job: EvaluateJob, engine: Engine, port: HostPort): OpenStream[] {
  const { config, settings, folder } = job
  const all = streamsOf(config)
  const seed = settings.seed || config.seed
  const weights = folder === null ? null : newestWeights(folder, port)
  return chosenStreams(config, settings.stream).map((stream) => {
    const place = all.findIndex(({ prefix }) => prefix === stream.prefix)
    const own = place === 0 ? seed : deriveSeed(seed, SECOND, place)
    const encoder = createEncoder(engine, { model: config.model, seed: own })
    if (weights) encoder.loadStateDict(unprefixed(stream.prefix, weights))
    return { encoder, config: configOf(config, stream) }
  })
}

/** Nothing is merged where masks have no colours to be made of. */
function configOf(config: PretrainConfig, { modality }: EvaluatedNetwork): PretrainConfig {
  if (modality === config.modality) return config
  return { ...config, modality, merge: 'none' }
}

/** What a run has trained last. @throws Error where it has no checkpoint */
export function newestWeights(folder: string, port: HostPort): StateDict {
  const saved = loadNewestCheckpoint(folder)
  if (!saved) {
    throw new Error(
      'This run has no checkpoint. Let it train until the first one, or stop it. ' +
        `If it had one, put that back into ${checkpointFolder(folder)}.`,
    )
  }
  for (const message of saved.warnings) port.send({ type: 'warning', message })
  return saved.tensors
}
