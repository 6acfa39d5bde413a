/**
 * Picture addresses, relative to the host's origin. Queries are those of `maskRequestSchema`.
 * A module without schemas: the page reads it, and a schema library probes for `eval` when it is
 * loaded, which the page's content security policy refuses and reports.
 */
export const pictures = {
  /** `?videoId&index&width`: one frame as JPEG. */
  frame: '/media/frame',
  /** `?videoId`: a small JPEG from the middle of the video. */
  thumbnail: '/media/thumbnail',
  /** `/media/mask/<layer>?videoId&start&...`: PNG. */
  mask: '/media/mask',
  /** `?videoId&start&frames&stride&size&compensate`: bytes as `planes.ts` encodes them. */
  planes: '/media/planes',
} as const
