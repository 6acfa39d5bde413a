import type { Cut } from '#shared/views/view-spec.ts'
import type { Augmenter } from './transforms/augment.ts'
import type { FrameReader } from './video-source.ts'

/** A clip that is to be cut. */
export interface CutJob {
  /** [T] frame indices. */
  indices: readonly number[]
  /** Its crop and flip: one for all frames, or one a frame. */
  cuts: readonly Cut[]
  /** [T, S, S, 3]; receives floats in [0, 1]. */
  out: Float32Array
}

/** Cuts several clips of a video in one pass, however often a frame occurs in them. */
export function cutClips(frames: FrameReader, jobs: readonly CutJob[], augmenter: Augmenter): void {
  const all = jobs.flatMap(({ indices }) => indices)
  frames.visit(all, (index, picture) => {
    for (const job of jobs) {
      if (job.cuts.length === 1) cutAlike(job, index, picture, augmenter)
      else cutEach(job, index, picture, augmenter)
    }
  })
}

type Picture = Parameters<Augmenter['cut']>[0]

/** Cuts the frame once and copies it to where it occurs again. */
function cutAlike(
  { indices, cuts, out }: CutJob,
  index: number,
  picture: Picture,
  augmenter: Augmenter,
): void {
  const first = indices.indexOf(index)
  if (first < 0) return
  const length = out.length / indices.length
  augmenter.cut(picture, cuts[0], out.subarray(first * length, (first + 1) * length))
  for (let i = first + 1; i < indices.length; i++) {
    if (indices[i] === index) out.copyWithin(i * length, first * length, (first + 1) * length)
  }
}

function cutEach(
  { indices, cuts, out }: CutJob,
  index: number,
  picture: Picture,
  augmenter: Augmenter,
): void {
  const length = out.length / indices.length
  indices.forEach((wanted, i) => {
    if (wanted !== index) return
    augmenter.cut(picture, cuts[i], out.subarray(i * length, (i + 1) * length))
  })
}
