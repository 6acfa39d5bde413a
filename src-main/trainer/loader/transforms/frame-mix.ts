import type { FrameMix } from '#shared/views/view-spec.ts'

/**
 * Mixes one frame of a clip into all of them, in place: x_t becomes (1 - λ) x_t + λ x_frame, which
 * leaves that frame as it is (Wang et al., CVPR 2021, equation 1).
 * @param data [T, ...]
 * @param frames T
 */
export function mixFrame(data: Float32Array, frames: number, { frame, lambda }: FrameMix): void {
  const length = data.length / frames
  const mixed = data.subarray(frame * length, (frame + 1) * length)
  for (let t = 0; t < frames; t++) {
    if (t === frame) continue
    const start = t * length
    for (let i = 0; i < length; i++) {
      data[start + i] = (1 - lambda) * data[start + i] + lambda * mixed[i]
    }
  }
}
