import type { MaskScore } from '#shared/contract/mask-windows.ts'
import { chooseBeta } from '#shared/fame/adaptive-beta.ts'
import type { MaskPlanes } from '#shared/fame/mask-planes.ts'
import { RankSelect } from '#shared/fame/rank-select.ts'
import { reviewPriority } from '#shared/masks/review.ts'

/** How far above and below its threshold the soft mask is cut to see whether its edge is clear. */
const SHIFT = 0.05

/**
 * How sure FAME's mask of a clip is, at the beta that its soft mask suggests.
 * @param planes [H, W] f32 each
 */
export function scoreMask({ soft, seed }: Pick<MaskPlanes, 'soft' | 'seed'>): MaskScore {
  const area = chooseBeta(soft)
  const pixels = Math.trunc(area * soft.length)
  const score = {
    area,
    stability: stabilityAt(soft, pixels),
    agreement: agreementAt(soft, seed, pixels),
  }
  return { ...score, priority: reviewPriority(score) }
}

/** IoU of the mask cut a little above its threshold and the one a little below, which holds it. */
function stabilityAt(soft: Float32Array, pixels: number): number {
  const sorted = soft.toSorted()
  const least = sorted.length - pixels
  const threshold = (sorted[least] + sorted[Math.max(0, least - 1)]) / 2
  let inner = 0
  let outer = 0
  for (let i = 0; i < soft.length; i++) {
    if (soft[i] >= threshold - SHIFT) outer++
    if (soft[i] >= threshold + SHIFT) inner++
  }
  return inner / outer
}

/** IoU of the masks cut from both planes. */
function agreementAt(soft: Float32Array, seed: Float32Array, pixels: number): number {
  const select = new RankSelect()
  const [a, b] = [soft, seed].map((plane) => {
    const mask = new Uint8Array(plane.length)
    select.largest(plane, pixels, mask)
    return mask
  })
  const both = a.reduce((sum, value, i) => sum + (value & b[i]), 0)
  return both / (2 * pixels - both)
}
