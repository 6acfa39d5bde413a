/**
 * Picture addresses, relative to the host's origin. Queries are those of `maskRequestSchema`.
 * A module without schemas: the page reads it, and a schema library probes for `eval` when it is
 * loaded, which the page's content security policy refuses and reports.
 */
export const pictures = {
  /**
   * `?videoId&index&width&near`: one frame as JPEG. With `near=1` it may be another one that is to
   * hand; `frameIndexHeader` tells which.
   */
  frame: '/media/frame',
  /** `?videoId`: a small JPEG from the middle of the video. */
  thumbnail: '/media/thumbnail',
  /** `/media/mask/<layer>?videoId&start&...`: PNG. */
  mask: '/media/mask',
  /** `?videoId&start&frames&stride&size&compensate`: bytes as `planes.ts` encodes them. */
  planes: '/media/planes',
  /** `?videoId&piece&algorithm&size`: some of a video's flow, as `splitPiece` reads it. */
  flow: '/media/flow',
  /** `?runId&step`: the raster of a run's newest strip of clips as WebP; `step` only tells two apart. */
  strip: '/media/strip',
  /** `?runId&step`: the raster of what a run's method has made after a step, as PNG. */
  made: '/media/made',
  /** `?key&view`: pictures of a view of a video that was shown, as PNG; see `shownVideoSchema`. */
  views: '/media/views',
  /** `/media/evaluation/<id>/<name>.png`: a picture that an evaluation has left. */
  evaluation: '/media/evaluation',
} as const

/** Header of the answer for a frame: the number of the frame that is shown. */
export const frameIndexHeader = 'x-frame-index'
