import { storedConfig } from '#shared/config/old-settings.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { bestCheckpointFrom } from '#shared/metrics/best.ts'
import {
  loadBestCheckpoint,
  loadNewestCheckpoint,
  type LoadedCheckpoint,
} from '../checkpoint/checkpoints.ts'
import { encodeSafetensors } from '../checkpoint/safetensors.ts'
import { unprefixed } from '../methods/learner.ts'
import { toReferenceHead } from '../networks/heads.ts'
import { WeightsError } from './weights-error.ts'

export interface EncoderFile {
  /** Of the checkpoint. */
  step: number
  /** A safetensors file: the encoder that was trained and its head, under PyTorch's names. */
  bytes: Uint8Array
}

/**
 * The trained encoder of a run, as one of its checkpoints has it.
 * @param runFolder absolute folder of the run
 * @param model names the head as the reference's model does
 * @param metadata free text for the file
 * @param which the newest whole one, or the one with the least mean loss
 * @throws WeightsError when the run has no such checkpoint
 */
export function encoderWeights(
  runFolder: string,
  model: PretrainConfig['model'],
  metadata: Record<string, string>,
  which: 'newest' | 'best' = 'newest',
): EncoderFile {
  const saved = which === 'best' ? bestThatCounts(runFolder) : loadNewestCheckpoint(runFolder)
  if (!saved) {
    throw new WeightsError(
      which === 'best'
        ? 'The run has no best checkpoint, because no checkpoint followed a full interval of steps with a comparable loss. Leave out --best.'
        : 'The run has no checkpoint yet. Let it train until the first one.',
    )
  }
  const { step } = saved
  const tensors = new Map([
    ...unprefixed('encoder.', saved.tensors),
    ...toReferenceHead(model, unprefixed('head.', saved.tensors)),
  ])
  const { mean, deviation } = encoders[model].scaling
  // A program that loads the file can then scale clips in the same way.
  const scaling = { mean: mean.join(' '), deviation: deviation.join(' ') }
  const all = { ...metadata, ...scaling, model, format: 'pt', step: String(step) }
  return { step, bytes: encodeSafetensors({ tensors, metadata: all }) }
}

/** Older workbenches also scored checkpoints whose loss does not count yet. */
function bestThatCounts(runFolder: string): LoadedCheckpoint | null {
  const best = loadBestCheckpoint(runFolder)
  if (best?.metadata.config === undefined) return best
  const config = storedConfig(JSON.parse(best.metadata.config) as Record<string, unknown>)
  return best.step < bestCheckpointFrom(config) ? null : best
}
