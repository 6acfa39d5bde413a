import type { MaskBase, MaskDecision, MaskEdit, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { isBlank, packedLength, packRuns, xorPacked } from '#shared/masks/packed-runs.ts'
import { checkRuns, xorRuns } from '#shared/masks/runs.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** A mask, or what changed of one, as packed run lengths; null where there is none: all zeros. */
export type PackedMask = Uint8Array | null

/** What an edit may change beside pixels; its history keeps these before and after. */
export interface MaskFields extends MaskDecision {
  edited: boolean
  /** All null where no mask is stored. */
  origin: MaskOrigin | null
  width: number | null
  height: number | null
}

/** What an edit makes of a window's fields, and the pixels that it turns. */
export interface Change {
  after: MaskFields
  /** Pixels that change, of the mask and of the FAME mask it started from. */
  change: PackedMask
  fameChange: PackedMask
}

/** A window as it is; null for pixels that it has not. */
export interface Before {
  fields: MaskFields
  mask: PackedMask
  fame: PackedMask
}

/** A window of which nothing is kept. */
export const NOTHING: Before = {
  fields: {
    state: 'untouched',
    notes: '',
    beta: null,
    edited: false,
    origin: null,
    width: null,
    height: null,
  },
  mask: null,
  fame: null,
}

/**
 * A stroke, or with `base` a start from that FAME mask; null where nothing changes.
 * @throws WorkbenchError when pixels do not fit, or there are none to change
 */
export function strokeOn(before: Before, { change, base }: MaskEdit): Change | null {
  const { fields } = before
  if (base) {
    const fame = packChecked(base.fame, pixelsOf(base))
    const stroke = packChecked(change, pixelsOf(base))
    const started = startFrom(before, base, fame, turned(fame, stroke, pixelsOf(base)))
    const state = started.after.edited ? 'corrected' : 'untouched'
    return { ...started, after: { ...started.after, state } }
  }
  if (fields.origin === null) {
    throw new WorkbenchError('This clip has no mask yet. Load it again, then repeat the edit.')
  }
  const stroke = packChecked(change, pixelsOf(fields))
  if (!differenceOf(stroke, null)) return null
  const mask = turned(before.mask, stroke, pixelsOf(fields))
  const edited = differenceOf(mask, before.fame) !== null
  return { after: { ...fields, state: 'corrected', edited }, change: stroke, fameChange: null }
}

/**
 * A decision; a window without a mask takes the FAME mask `base` for its own. Null where nothing
 * changes.
 * @throws WorkbenchError when the base's pixels do not fit
 */
export function decisionOn(
  before: Before,
  decision: Partial<MaskDecision>,
  base?: MaskBase,
): Change | null {
  const { fields } = before
  const decided = Object.entries(decision).filter(([, value]) => value !== undefined)
  let change: Change = { after: fields, change: null, fameChange: null }
  if (base && fields.origin === null) {
    const fame = packChecked(base.fame, pixelsOf(base))
    change = startFrom(before, base, fame, fame)
  }
  const after = { ...change.after, ...Object.fromEntries(decided) }
  return same(after, fields) ? null : { ...change, after }
}

/** A FAME mask with packed pixels. */
export interface PackedBase extends Omit<MaskBase, 'fame'> {
  fame: Uint8Array
}

/** What a window becomes, whatever it was. */
export interface Adoption {
  base?: PackedBase
  decision: MaskDecision
  /** The mask beside its FAME mask, at the size of `base`; null keeps the pixels as they are. */
  mask: PackedMask
}

/**
 * A mask and a decision of elsewhere; null where nothing changes.
 * @throws WorkbenchError when pixels do not fit
 */
export function adoptionOn(before: Before, { base, mask, decision }: Adoption): Change | null {
  const { fields } = before
  let change: Change = { after: fields, change: null, fameChange: null }
  if (base && mask) {
    checkPacked(base.fame, pixelsOf(base))
    checkPacked(mask, pixelsOf(base))
    change = startFrom(before, base, base.fame, mask)
  }
  const after = { ...change.after, ...decision }
  const isSame = same(after, fields) && !change.change && !change.fameChange
  return isSame ? null : { ...change, after }
}

type Base = Omit<MaskBase, 'fame'>

/** The window with another FAME mask and another mask. */
function startFrom(before: Before, base: Base, fame: PackedMask, mask: PackedMask): Change {
  const { fields } = before
  const { origin, width, height } = base
  const isOther = fields.width !== width || fields.height !== height
  if (fields.origin !== null && isOther) throw otherSize(fields, base)
  const edited = differenceOf(mask, fame) !== null
  return {
    after: { ...fields, edited, origin, width, height },
    change: differenceOf(before.mask, mask),
    fameChange: differenceOf(before.fame, fame),
  }
}

function same(a: MaskFields, b: MaskFields): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function otherSize(before: MaskFields, base: Base): WorkbenchError {
  return new WorkbenchError(
    `The stored mask has ${before.width} x ${before.height} pixels, the new one ${base.width} x ` +
      `${base.height}, because the video was replaced. Undo the edits of this clip, then start again.`,
  )
}

export function pixelsOf({ width, height }: Pick<MaskFields, 'width' | 'height'>): number {
  return (width ?? 0) * (height ?? 0)
}

/** The pixels in which two masks of one size differ; null where they are equal. */
function differenceOf(a: PackedMask, b: PackedMask): PackedMask {
  const pixels = a && b ? xorPacked(a, b) : (a ?? b)
  return pixels === null || isBlank(pixels) ? null : pixels
}

/** A mask after a change; of no mask and no change, `pixels` zeros. */
export function turned(mask: PackedMask, change: PackedMask, pixels: number): Uint8Array {
  if (mask && change) return xorPacked(mask, change)
  return mask ?? change ?? packRuns([pixels])
}

/** @throws WorkbenchError when a packed mask does not make up `pixels` */
function checkPacked(mask: Uint8Array, pixels: number): void {
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
function packChecked(runs: readonly number[], pixels: number): Uint8Array {
  try {
    checkRuns(runs, pixels)
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    throw new WorkbenchError(`${error.message} Load the clip again and repeat the edit.`)
  }
  return packRuns(xorRuns(runs, [pixels]))
}
