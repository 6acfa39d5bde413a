import type { MaskBase, MaskDecision, MaskEdit, MaskOrigin } from '#shared/contract/mask-windows.ts'
import { changesBetween, packFrameChanges, type FrameMasks } from '#shared/masks/frame-masks.ts'
import { isBlank, packedLength, packRuns, xorPacked } from '#shared/masks/packed-runs.ts'
import { checkRuns, xorRuns } from '#shared/masks/runs.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { framesAfter, framesAnew, framesOf, type StoredFrames } from './frame-changes.ts'

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
  /** What changes of masks by frame, as `packFrameChanges` gives it; null for nothing. */
  framesChange: Uint8Array | null
}

/** A window as it is; null for pixels that it has not. */
export interface Before extends StoredFrames {
  fields: MaskFields
  mask: PackedMask
  fame: PackedMask
}

const NO_FIELDS: MaskFields = {
  state: 'untouched',
  notes: '',
  beta: null,
  edited: false,
  origin: null,
  width: null,
  height: null,
}

/** A window for which no mask is stored. @param frames T */
export function nothingOf(frames: number): Before {
  return { fields: NO_FIELDS, mask: null, fame: null, frames, byFrame: null }
}

const UNCHANGED = { change: null, fameChange: null, framesChange: null }

/**
 * A stroke, or with `base` a start from that FAME mask; null where nothing changes.
 * @throws WorkbenchError when pixels do not fit, or there are none to change
 */
export function strokeOn(before: Before, { change, base, byFrame }: MaskEdit): Change | null {
  const { fields } = before
  if (base) {
    const fame = packChecked(base.fame, pixelsOf(base))
    const stroke = packChecked(change, pixelsOf(base))
    const mask = turned(fame, stroke, pixelsOf(base))
    // Of a mask that nobody has touched the page knows nothing: it starts from none by frame.
    const isKnown = fields.edited || fields.state !== 'untouched'
    const frames = isKnown ? byFrame : framesAnew(before, pixelsOf(base), byFrame)
    const started = startFrom(before, base, fame, mask, frames)
    const state = started.after.edited ? 'corrected' : 'untouched'
    return { ...started, after: { ...started.after, state } }
  }
  if (fields.origin === null) {
    throw new WorkbenchError('This clip has no mask yet. Load it again, then repeat the edit.')
  }
  const pixels = pixelsOf(fields)
  const stroke = differenceOf(packChecked(change, pixels), null)
  const frames = framesAfter(before, pixels, byFrame)
  if (!stroke && !frames.framesChange) return null
  const mask = turned(before.mask, stroke, pixels)
  const edited = differenceOf(mask, before.fame) !== null || frames.edited
  const after: MaskFields = { ...fields, state: 'corrected', edited }
  return { after, change: stroke, fameChange: null, framesChange: frames.framesChange }
}

/** A FAME mask as it was made, with the masks by frame that its variant finds. */
export interface MadeMask extends MaskBase {
  byFrame?: FrameMasks
}

/**
 * A decision; a window without a mask takes the FAME mask `base` for its own. Null where nothing
 * changes.
 * @throws WorkbenchError when the base's pixels do not fit
 */
export function decisionOn(
  before: Before,
  decision: Partial<MaskDecision>,
  base?: MadeMask,
): Change | null {
  const { fields } = before
  const decided = Object.entries(decision).filter(([, value]) => value !== undefined)
  let change: Change = { after: fields, ...UNCHANGED }
  if (base && fields.origin === null) {
    const pixels = pixelsOf(base)
    const fame = packChecked(base.fame, pixels)
    const byFrame: FrameMasks = base.byFrame ?? new Map()
    for (const { mask } of byFrame.values()) checkPacked(mask, pixels)
    const frames = changesBetween(new Map(), byFrame, pixels)
    const packed = packFrameChanges(frames, { frames: before.frames, pixels })
    const { origin, width, height } = base
    change = startFrom(before, { origin, width, height }, fame, fame, packed ?? undefined)
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
  /** The masks by frame that go with `mask`. */
  byFrame?: FrameMasks
}

/**
 * A mask and a decision of elsewhere; null where nothing changes.
 * @throws WorkbenchError when pixels do not fit
 */
export function adoptionOn(
  before: Before,
  { base, mask, decision, byFrame = new Map() }: Adoption,
): Change | null {
  const { fields } = before
  let change: Change = { after: fields, ...UNCHANGED }
  if (base && mask) {
    const pixels = pixelsOf(base)
    checkPacked(base.fame, pixels)
    checkPacked(mask, pixels)
    for (const { mask: own } of byFrame.values()) checkPacked(own, pixels)
    const changes = changesBetween(framesOf(before, pixels), byFrame, pixels)
    const packed = packFrameChanges(changes, { frames: before.frames, pixels })
    change = startFrom(before, base, base.fame, mask, packed ?? undefined)
  }
  const after = { ...change.after, ...decision }
  const isSame = same(after, fields) && !change.change && !change.fameChange && !change.framesChange
  return isSame ? null : { ...change, after }
}

type Base = Omit<MaskBase, 'fame'>

/** The window with another FAME mask and another mask. */
function startFrom(
  before: Before,
  base: Base,
  fame: PackedMask,
  mask: PackedMask,
  byFrame?: Uint8Array,
): Change {
  const { fields } = before
  const { origin, width, height } = base
  const isOther = fields.width !== width || fields.height !== height
  if (fields.origin !== null && isOther) throw otherSize(fields, base)
  const frames = framesAfter(before, pixelsOf(base), byFrame)
  const edited = differenceOf(mask, fame) !== null || frames.edited
  return {
    after: { ...fields, edited, origin, width, height },
    framesChange: frames.framesChange,
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
