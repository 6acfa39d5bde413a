import type { MaskScore } from '#shared/contract/mask-windows.ts'
import { chooseBeta } from '#shared/fame/adaptive-beta.ts'
import type { MaskPlanes } from '#shared/fame/mask-planes.ts'
import { RankSelect } from '#shared/fame/rank-select.ts'
import { stabilityCurve } from '#shared/fame/stability.ts'
import { reviewPriority } from '#shared/masks/review.ts'

/**
 * How sure FAME's mask of a clip is, at the beta that its soft mask suggests.
 * @param planes [H, W] f32 each
 */
export function scoreMask({ soft, seed }: Pick<MaskPlanes, 'soft' | 'seed'>): MaskScore {
  const area = chooseBeta(soft)
  const pixels = Math.trunc(area * soft.length)
  const score = {
    area,
    stability: stabilityCurve(soft, [area])[0],
    agreement: agreementAt(soft, seed, pixels),
  }
  return { ...score, priority: reviewPriority(score) }
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
