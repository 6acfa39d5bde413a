import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { resizeAndCropCentre } from '#shared/fame/resample.ts'
import { evenlySpacedClips } from '../../../video/clip-sampling.ts'
import type { TrainerVideo } from '../../process/messages.ts'
import type { FlowStore } from '../flow-frames.ts'
import type { ClipRange } from './masked-clips.ts'

/**
 * The flow of the very clips that `readMaskedClips` gives, from each of their frames to the next of the
 * video, and for the last frame of the video the field that leads to it: [T, S, S, 3] each, bytes as
 * floats in [0, 1].
 * @throws VideoError when the video cannot be read
 */
export function readFlowClips(
  { path, frames }: TrainerVideo,
  range: ClipRange,
  config: PretrainConfig,
  flows: FlowStore,
): Float32Array[] {
  const { size } = config
  const length = size * size * 3
  const flow = flows.open(path, frames, config)
  try {
    return evenlySpacedClips(frames, range.clips, config)
      .slice(range.from, range.to)
      .map((indices) => {
        const fields = indices.map((index) => Math.min(index, flow.length - 1))
        const out = new Float32Array(fields.length * length)
        flow.visit(fields, (index, picture) => {
          const cut = new Float32Array(length)
          resizeAndCropCentre(picture, size, cut)
          fields.forEach((field, t) => {
            if (field === index) out.set(cut, t * length)
          })
        })
        return out
      })
  } finally {
    flow.close()
  }
}
