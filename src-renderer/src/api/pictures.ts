import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { pictures } from '#shared/contract/pictures.ts'
import { DEFAULT_FLOW, flowDescriptors, type FlowAlgorithmName } from '#shared/flow/names.ts'
import { atHost } from './base-path.ts'

export interface PlanesRequest extends ClipWindow {
  /** Pixels of the short side. */
  size: number
  compensate: boolean
}

function address(path: string, query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value))
  }
  return atHost(`${path}?${search}`)
}

/** One frame, counted as decoded; `width` in pixels, the video's own if left out. */
export function frameUrl(videoId: number, index: number, width?: number): string {
  return address(pictures.frame, { videoId, index, width })
}

/** The frame at hand that is closest to `index`. */
export function nearFrameUrl(videoId: number, index: number, width?: number): string {
  return address(pictures.frame, { videoId, index, width, near: 1 })
}

export function thumbnailUrl(videoId: number): string {
  return address(pictures.thumbnail, { videoId })
}

/** The raster of a run's newest strip of clips. */
export function stripUrl(runId: number, step: number): string {
  return address(pictures.strip, { runId, step })
}

/** What a run's method has made after a step. */
export function madeUrl(runId: number, step: number): string {
  return address(pictures.made, { runId, step })
}

/** The pictures of a view of a video that was shown. */
export function viewUrl(key: string, view: number): string {
  return address(pictures.views, { key, view })
}

/** The planes behind a clip's mask, as `decodePlanes` reads them. */
export function planesUrl(request: PlanesRequest): string {
  const { videoId, start, frames, stride, size, compensate } = request
  const query = { videoId, start, frames, stride, size, compensate: String(compensate) }
  return address(pictures.planes, query)
}

/** Some of a video's flow, as `splitPiece` reads it. */
export function flowUrl(
  videoId: number,
  piece: number,
  algorithm: FlowAlgorithmName = DEFAULT_FLOW,
): string {
  // The version makes another address, so that no browser shows the flow of an older one.
  const { version } = flowDescriptors[algorithm]
  return address(pictures.flow, { videoId, piece, algorithm, version })
}

/** A picture that an evaluation has left. */
export function evaluationPictureUrl(evaluationId: number, name: string): string {
  return atHost(`${pictures.evaluation}/${evaluationId}/${name}`)
}
