import { STILL, unpacked } from '#shared/flow/bytes.ts'
import type { InputScaling } from '#shared/encoders/scaling.ts'

/**
 * How much moves in each frame of clips: the mean length of its flow to the next frame, in pixels.
 * @param flows [B, T, S, S, 3], scaled for an encoder
 * @returns [B][T]
 */
export function motionOfFrames(
  flows: Float32Array,
  { frames, size }: { frames: number; size: number },
  { mean, deviation }: InputScaling,
): Float64Array[] {
  const pixels = size * size
  // Less what rest is stored as, so that a still ground does not count.
  const speed = (value: number, channel: number): number =>
    unpacked(255 * (value * deviation[channel] + mean[channel])) - unpacked(STILL)
  return Array.from({ length: flows.length / (frames * pixels * 3) }, (_, clip) =>
    Float64Array.from({ length: frames }, (_value, t) => {
      let sum = 0
      const start = 3 * pixels * (clip * frames + t)
      for (let i = start; i < start + 3 * pixels; i += 3) {
        sum += Math.hypot(speed(flows[i], 0), speed(flows[i + 1], 1))
      }
      return sum / pixels
    }),
  )
}
