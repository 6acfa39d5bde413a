import type { MaskLayer } from '#shared/contract/masks.ts'
import { clipFrames } from '#shared/fame/clip-window.ts'
import { maskClip, renderFrames, renderLayer } from '../../media/mask-pictures.ts'
import type { MaskedClip } from '../../media/mask-pictures.ts'
import type { ClipMaskRequest, MaskOutput } from './mask-protocol.ts'
import type { RgbFrames, VideoReader } from '../../video/reader.ts'

/** Bytes of a decoded clip up to which it is kept for the next mask. */
const KEPT_CLIP = 64 * 1024 * 1024

interface Kept {
  clip: { key: string; frames: RgbFrames } | null
  masked: { key: string; clip: MaskedClip } | null
}

/**
 * Masks of clips for the inspector. The last clip and the last mask of each open video are kept:
 * moving beta decodes nothing, and the layers of one mask are computed once.
 */
export class MaskJobs {
  private readonly kept = new WeakMap<VideoReader, Kept>()

  /** @throws VideoError when the video has fewer frames than the clip needs */
  async run(
    reader: VideoReader,
    request: ClipMaskRequest,
    layers: readonly MaskLayer[],
    byFrame = false,
  ): Promise<MaskOutput> {
    const indices = clipFrames(request.start, request)
    const masked = this.maskOf(reader, request, indices)
    const output: MaskOutput = { summary: { ...masked.summary, indices }, layers: {}, frames: [] }
    for (const layer of layers) output.layers[layer] = await renderLayer(masked, layer)
    if (byFrame) output.frames = await renderFrames(masked)
    return output
  }

  private maskOf(reader: VideoReader, request: ClipMaskRequest, indices: number[]): MaskedClip {
    const kept = this.keptFor(reader)
    const { size, beta, variant, adaptive, compensate } = request
    const key = [...indices, size, beta, variant, adaptive, compensate].join(' ')
    if (kept.masked?.key === key) return kept.masked.clip
    const clip = maskClip(this.clipOf(reader, indices), request)
    kept.masked = { key, clip }
    return clip
  }

  private clipOf(reader: VideoReader, indices: number[]): RgbFrames {
    const kept = this.keptFor(reader)
    const key = indices.join(' ')
    if (kept.clip?.key === key) return kept.clip.frames
    const frames = reader.readFrames(indices)
    kept.clip = frames.data.length <= KEPT_CLIP ? { key, frames } : null
    return frames
  }

  private keptFor(reader: VideoReader): Kept {
    const kept = this.kept.get(reader) ?? { clip: null, masked: null }
    this.kept.set(reader, kept)
    return kept
  }
}
