/** What the decoder must give, and how much each of its values counts. */
export interface Targets {
  /** The clip with the frames between, [B, 2T, S, S, 3]. */
  clip: Float32Array
  /** [B, 2T, S, S, 3]; 0 for frames that the video does not have. */
  weight: Float32Array
}

/** Weights of pixels where nothing moves, and where most does. */
const [STILL, MOVING] = [0.8, 2]

/**
 * Puts the frames of a clip and those between them in turn. The last frame between lies behind the clip
 * and does not count; nor do any where the clip has every frame of its video.
 * @param views the clips and the frames between them, [B, T, S, S, 3] each
 * @param isDense of each clip: whether no frames of the video lie between its own, [B]
 * @param attends whether pixels count by their motion
 */
export function targetsOf(
  [clips, between]: readonly Float32Array[],
  { frames, isDense, attends }: { frames: number; isDense: readonly boolean[]; attends: boolean },
): Targets {
  const length = clips.length / (isDense.length * frames) // of a frame
  const clip = new Float32Array(2 * clips.length)
  const weight = new Float32Array(2 * clips.length)
  isDense.forEach((dense, b) => {
    const from = 2 * b * frames * length
    for (let t = 0; t < frames; t++) {
      const at = (b * frames + t) * length
      clip.set(clips.subarray(at, at + length), 2 * at)
      clip.set(between.subarray(at, at + length), 2 * at + length)
      weight.fill(1, 2 * at, 2 * at + length)
      if (!dense && t < frames - 1) weight.fill(1, 2 * at + length, 2 * (at + length))
    }
    if (attends) attend(clip, weight, { from, frames: 2 * frames, length })
  })
  return { clip, weight }
}

/**
 * Multiplies weights by 0.8 to 2 in proportion to the motion of their pixel: the mean over colours of
 * the difference to the frame two places on, which is one of the same kind, over the largest of the
 * clip. Frames that do not count say nothing about motion.
 */
function attend(
  clip: Float32Array,
  weight: Float32Array,
  { from, frames, length }: { from: number; frames: number; length: number },
): void {
  const counts = (t: number): boolean => t >= 0 && t < frames && weight[from + t * length] > 0
  const motion = new Float32Array((frames * length) / 3)
  for (let t = 0; t < frames; t++) {
    if (!counts(t)) continue
    // The last ones look two places back. The only frame between of a clip of two takes their motion.
    const start = [t, t - 2, t - 1].find((place) => counts(place) && counts(place + 2))
    if (start === undefined) continue
    const first = from + start * length
    for (let i = 0; i < length; i += 3) {
      let sum = 0
      for (let c = 0; c < 3; c++) {
        sum += Math.abs(clip[first + 2 * length + i + c] - clip[first + i + c])
      }
      motion[(t * length + i) / 3] = sum
    }
  }
  const most = motion.reduce((a, b) => Math.max(a, b), 0)
  if (most === 0) return
  motion.forEach((value, pixel) => {
    const factor = STILL + ((MOVING - STILL) * value) / most
    for (let c = 0; c < 3; c++) weight[from + 3 * pixel + c] *= factor
  })
}
