import { MaskError } from '#shared/masks/mask.ts'
import { isBlank, packedLength, packRuns, xorPacked } from '#shared/masks/packed-runs.ts'
import { checkRuns, xorRuns } from '#shared/masks/runs.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** A mask, or what changed of one, as packed run lengths; null where there is none: all zeros. */
export type PackedMask = Uint8Array | null

/** The pixels in which two masks of one size differ; null where they are equal. */
export function differenceOf(a: PackedMask, b: PackedMask): PackedMask {
  const pixels = a && b ? xorPacked(a, b) : (a ?? b)
  return pixels === null || isBlank(pixels) ? null : pixels
}

/** A mask after a change; of no mask and no change, `pixels` zeros. */
export function turned(mask: PackedMask, change: PackedMask, pixels: number): Uint8Array {
  if (mask && change) return xorPacked(mask, change)
  return mask ?? change ?? packRuns([pixels])
}

/** @throws WorkbenchError when a packed mask does not make up `pixels` */
export function checkPacked(mask: Uint8Array, pixels: number): void {
  const covered = packedLength(mask)
  if (covered === pixels) return
  throw new WorkbenchError(
    `The mask's runs cover ${covered} pixels, expected ${pixels}. Export it again.`,
  )
}

/**
 * Packs run lengths that came from elsewhere, without runs of nothing.
 * @throws WorkbenchError when they do not make up `pixels`
 */
export function packChecked(runs: readonly number[], pixels: number): Uint8Array {
  try {
    checkRuns(runs, pixels)
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    throw new WorkbenchError(`${error.message} Load the clip again and repeat the edit.`)
  }
  return packRuns(xorRuns(runs, [pixels]))
}
