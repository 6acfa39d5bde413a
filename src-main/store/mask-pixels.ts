import { MaskError } from '#shared/masks/mask.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import { checkRuns, countForeground, xorRuns } from '#shared/masks/runs.ts'
import { WorkbenchError } from './workbench-error.ts'

/** A mask, or what changed of one, as packed run lengths; null where there is none: all zeros. */
export type PackedMask = Uint8Array | null

/** The pixels in which two masks of one size differ; null where they are equal. */
export function differenceOf(a: PackedMask, b: PackedMask): PackedMask {
  const runs =
    a && b ? xorRuns(unpackRuns(a), unpackRuns(b)) : unpackRuns(a ?? b ?? new Uint8Array())
  return countForeground(runs) === 0 ? null : packRuns(runs)
}

/** A mask after a change; of no mask and no change, `pixels` zeros. */
export function turned(mask: PackedMask, change: PackedMask, pixels: number): Uint8Array {
  const runs = change ? unpackRuns(change) : [pixels]
  return packRuns(mask ? xorRuns(unpackRuns(mask), runs) : runs)
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
