import type { MaskLayer, CompleteMaskRequest } from '#shared/contract/masks.ts'
import { pictures } from '#shared/contract/pictures.ts'

function address(path: string, query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value))
  }
  return `${path}?${search}`
}

/** One frame, counted as decoded; `width` in pixels, the video's own if left out. */
export function frameUrl(videoId: number, index: number, width?: number): string {
  return address(pictures.frame, { videoId, index, width })
}

export function thumbnailUrl(videoId: number): string {
  return address(pictures.thumbnail, { videoId })
}

export function maskUrl(layer: MaskLayer, request: CompleteMaskRequest): string {
  const { videoId, start, frames, stride, size, beta, variant } = request
  const query = { videoId, start, frames, stride, size, beta, variant }
  return address(`${pictures.mask}/${layer}`, query)
}
