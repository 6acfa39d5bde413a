import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { clipFault, encoders } from '#shared/encoders/index.ts'
import { clipFrames, type ClipShape } from '#shared/fame/clip-window.ts'
import { ClipError } from '#shared/fame/clip.ts'
import { VideoReader } from '../../video/reader.ts'
import type { Engine } from '../engine/engine.ts'
import { normaliseColours } from '../loader/transforms/colour.ts'
import { resizeAndCropCentre } from '#shared/fame/resample.ts'
import { createEncoder, type Clips } from '../encoders/encoder.ts'
import { fitWeights, type WeightsReport } from '../weights/fit-weights.ts'
import { withWeights } from '../weights/read-weights.ts'

export interface EmbedRequest extends ClipShape {
  /** Absolute path. */
  video: string
  /** File of weights or folder of a run, absolute. */
  checkpoint: string
  model: PretrainConfig['model']
  /** First frame, as decoded. */
  start: number
  /** Height and width of the centre crop; a video of that size is not resized. */
  size: number
}

export interface Embedding {
  /** [C] */
  features: number[]
  weights: WeightsReport
}

/**
 * The encoder's pooled features of one clip, before the head, in evaluation mode.
 * @throws WeightsError, StateError for a checkpoint that cannot be used
 * @throws ClipError when the clip is too small for the encoder
 * @throws VideoError when the video cannot be read or has no such frames
 */
export async function embedClip(engine: Engine, request: EmbedRequest): Promise<Embedding> {
  const { model, checkpoint } = request
  const fault = clipFault(model, request)
  if (fault !== null) throw new ClipError(fault)
  const clip = readClip(request)
  const encoder = createEncoder(engine, { model, seed: null })
  try {
    const weights = await withWeights(checkpoint, (table) => fitWeights(encoder, table))
    return { features: [...encoder.forwardFeatures(clip)], weights }
  } finally {
    encoder.dispose()
  }
}

function readClip({ video, start, size, model, ...shape }: EmbedRequest): Clips {
  const { frames } = shape
  const reader = VideoReader.open(video)
  try {
    const data = new Float32Array(frames * size * size * 3)
    resizeAndCropCentre(reader.readFrames(clipFrames(start, shape)), size, data)
    normaliseColours({ data, frames, height: size, width: size }, encoders[model].scaling)
    return { data, shape: [1, frames, size, size, 3] }
  } finally {
    reader.close()
  }
}
