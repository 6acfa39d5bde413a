import type { MaskLayer } from '#shared/contract/masks.ts'
import { clipSpan } from '#shared/fame/clip-window.ts'
import type { DecoderPool, JobOptions } from '../video/decoder-pool.ts'
import type { ClipMaskRequest, MaskOutput } from '../video/decoder-protocol.ts'
import { VideoError } from '../video/video-error.ts'

/**
 * The mask of a clip, computed by a decoder process.
 * @throws VideoError when the video is shorter than the clip, with both lengths, or as `DecoderPool`
 */
export async function clipMask(
  decoders: Pick<DecoderPool, 'mask' | 'probe'>,
  file: string,
  request: ClipMaskRequest,
  options: JobOptions & { layers?: MaskLayer[] } = {},
): Promise<MaskOutput> {
  try {
    return await decoders.mask(file, request, options)
  } catch (error) {
    if (!(error instanceof VideoError) || error.kind !== 'out-of-range') throw error
    const { frames } = await decoders.probe(file)
    throw new VideoError('out-of-range', tooShort(request, frames))
  }
}

function tooShort(request: ClipMaskRequest, has: number | null): string {
  const { start, frames, stride } = request
  const span = clipSpan(request)
  const remedy =
    has !== null && has >= span
      ? `Choose a start up to ${has - span}.`
      : 'Choose fewer frames or a smaller stride.'
  return (
    `Expected ${frames} frames at stride ${stride} from frame ${start} (${span} frames), ` +
    `the video has ${has ?? 'none'}. ${remedy}`
  )
}
