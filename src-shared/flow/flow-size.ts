import { analysisSize } from '../fame/analysis-size.ts'

/** Pixels of the short side at which flow is computed, unless asked otherwise: the clips of Han et al. (NeurIPS 2020) have as many. */
export const FLOW_SIZE = 128

/** Pixels of a video's flow: its short side scaled to `size`, never enlarged. */
export function flowSize(
  video: { height: number; width: number },
  size: number,
): { height: number; width: number } {
  return analysisSize(video, Math.min(size, video.height, video.width))
}
