import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { BACKGROUND_CONDITIONS } from '#shared/tasks/background/artefact.ts'
import { makeConditions } from './background-conditions.ts'
import {
  readMaskedClips,
  type ClipRange,
  type MaskedClip,
  type MaskedVideo,
} from './masked-clips.ts'
import { normaliseColours } from '../transforms/colour.ts'

/** Clips of a video, each with its foreground. */
export interface MaskedTask extends ClipRange {
  subject: MaskedVideo
  config: PretrainConfig
  /** Whether the flow of the clips is wanted too. Default false. */
  withFlow?: boolean
}

/** The same under every condition of background sensitivity. */
export interface ConditionsTask extends MaskedTask {
  donors: Record<'sameClass' | 'swapped', MaskedVideo>
}

export interface ConditionClip {
  /** [conditions, T, S, S, 3], scaled for the encoder, in the order of `BACKGROUND_CONDITIONS`. */
  data: Float32Array
  /** Of the subject's foreground. */
  source: MaskedClip['source']
}

/** @throws VideoError when one of the videos cannot be read */
export function prepareConditionClips(task: ConditionsTask): ConditionClip[] {
  const { subject, donors, config } = task
  const { frames, size, model } = config
  const clips = readMaskedClips(subject, task, config)
  const sameClass = readMaskedClips(donors.sameClass, task, config)
  const swapped = readMaskedClips(donors.swapped, task, config)
  return clips.map((clip, i) => {
    const lent = { sameClass: sameClass[i], swapped: swapped[i] }
    const data = makeConditions({ subject: clip, donors: lent }, size)
    const all = BACKGROUND_CONDITIONS.length * frames
    normaliseColours({ data, frames: all, height: size, width: size }, encoders[model].scaling)
    return { data, source: clip.source }
  })
}
