import type { MaskOrigin, MaskScore } from '#shared/contract/mask-windows.ts'
import { encodePlanes, type MaskPlanes } from '#shared/contract/planes.ts'
import { chooseBeta, chooseBetaOr } from '#shared/fame/adaptive-beta.ts'
import { analysisSize } from '#shared/fame/analysis-size.ts'
import { clipFrames } from '#shared/fame/clip-window.ts'
import { automaticFrames, fullSizeMask } from '#shared/fame/full-size-mask.ts'
import { maskPlanes, motionEnergy, motionPlanes } from '#shared/fame/mask-planes.ts'
import { fillCentredGaussian } from '#shared/fame/variants.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { hasFrameMasks, usesBeta } from '#shared/views/merge-settings.ts'
import type { MadeMask } from '../../store/mask-changes.ts'
import { scoreMask } from '../score-mask.ts'
import type { ClipPlace, PlanesRequest } from './mask-protocol.ts'
import type { RgbFrames, VideoReader } from '../../video/reader.ts'

/** Bytes of a decoded clip up to which it is kept for the next request. */
const KEPT_CLIP = 64 * 1024 * 1024

/**
 * What is computed of a clip's whole frames at a small size: the planes for the page, FAME's mask at
 * the video's size, how sure it is. The last clip of each open video is kept.
 */
export class PlaneJobs {
  private readonly kept = new WeakMap<VideoReader, { key: string; clip: RgbFrames }>()

  /** Are the frames of this clip at hand? */
  keeps(reader: VideoReader, clip: ClipPlace & { size: number }): boolean {
    return this.kept.get(reader)?.key === keyOf(clip)
  }

  /** The planes as `encodePlanes` writes them. @throws VideoError as `VideoReader.readFrames` */
  planes(reader: VideoReader, request: PlanesRequest): Uint8Array {
    const started = performance.now()
    const { clip, indices } = this.clipOf(reader, request)
    const { compensate } = request
    const found = maskPlanes(clip, { compensate })
    const planes: MaskPlanes = {
      ...found,
      camera: found.camera?.map((motion) => [...motion]) ?? null,
      ...motionPlanes(clip),
      height: clip.height,
      width: clip.width,
      indices,
      compensated: compensate,
      videoHeight: reader.info.height,
      videoWidth: reader.info.width,
      energy: motionEnergy(clip).map((sum) => sum / 3),
      milliseconds: 0,
    }
    planes.milliseconds = performance.now() - started
    return encodePlanes(planes)
  }

  /**
   * FAME's mask at the video's size; its origin has the beta that was chosen. With the mask of each
   * frame, where the variant finds some.
   */
  fameMask(reader: VideoReader, window: ClipPlace, origin: MaskOrigin): MadeMask {
    const { clip } = this.clipOf(reader, { ...window, size: origin.size })
    const { height, width } = clip
    const found = hasFrameMasks(origin.variant) ? motionPlanes(clip) : undefined
    const planes = { ...maskPlanes(clip, origin), height, width, motion: found?.motion }
    const isChosen = origin.adaptive && usesBeta(origin.variant)
    const beta = isChosen ? chosenBeta(planes, origin) : origin.beta
    const mask = fullSizeMask(planes, { beta, variant: origin.variant }, reader.info)
    const size = { height: mask.height, width: mask.width }
    const byFrame = found && automaticFrames(found.fronts, clip, size)
    return { ...size, origin: { ...origin, beta }, fame: encodeRuns(mask.data), byFrame }
  }

  /** How sure FAME's mask of a clip is. */
  score(reader: VideoReader, request: PlanesRequest): MaskScore {
    const { clip } = this.clipOf(reader, request)
    return scoreMask(maskPlanes(clip, request))
  }

  private clipOf(
    reader: VideoReader,
    request: ClipPlace & { size: number },
  ): { clip: RgbFrames; indices: number[] } {
    const indices = clipFrames(request.start, request)
    const key = keyOf(request)
    const kept = this.kept.get(reader)
    if (kept?.key === key) return { clip: kept.clip, indices }
    const clip = reader.readFramesScaled(indices, analysisSize(reader.info, request.size))
    if (clip.data.length <= KEPT_CLIP) this.kept.set(reader, { key, clip })
    else this.kept.delete(reader)
    return { clip, indices }
  }
}

function keyOf({ start, frames, stride, size }: ClipPlace & { size: number }): string {
  return [start, frames, stride, size].join(' ')
}

function chosenBeta(planes: Parameters<typeof softOf>[0], origin: MaskOrigin): number {
  const soft = softOf(planes, origin)
  return origin.variant === 'fame' ? chooseBetaOr(soft, planes.seed, origin.beta) : chooseBeta(soft)
}

/** The plane that beta cuts, by which it is chosen. */
function softOf(
  { soft, seed, height, width }: Pick<MaskPlanes, 'soft' | 'seed' | 'height' | 'width'>,
  { variant }: MaskOrigin,
): Float32Array {
  if (variant !== 'gauss') return variant === 'fame' ? soft : seed
  const gauss = new Float32Array(height * width)
  fillCentredGaussian(height, width, gauss)
  return gauss
}
