import type { MaskLayer } from '#shared/contract/masks.ts'
import { clipSpan } from '#shared/fame/clip-window.ts'
import type { DecoderPool, JobOptions } from '../video/decoder-pool.ts'
import type { ClipMaskRequest, ClipPlace, MaskOutput } from './jobs/mask-protocol.ts'
import { VideoError } from '../video/video-error.ts'

/**
 * The mask of a clip, computed by a decoder process.
 * @throws VideoError when the video is shorter than the clip, with both lengths, or as `DecoderPool`
 */
export async function clipMask(
  decoders: Pick<DecoderPool, 'run' | 'probe'>,
  file: string,
  request: ClipMaskRequest,
  {
    layers = [],
    byFrame = false,
    ...options
  }: JobOptions & { layers?: MaskLayer[]; byFrame?: boolean } = {},
): Promise<MaskOutput> {
  return await explainLength(decoders, file, request, () =>
    decoders.run('mask', { path: file, request, layers, byFrame }, options),
  )
}

/** Work on a clip, which tells both lengths where the video is too short for it. */
export async function explainLength<T>(
  decoders: Pick<DecoderPool, 'probe'>,
  file: string,
  clip: ClipPlace,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof VideoError) || error.kind !== 'out-of-range') throw error
    const { frames } = await decoders.probe(file)
    throw new VideoError('out-of-range', tooShort(clip, frames))
  }
}

function tooShort(request: ClipPlace, has: number | null): string {
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
