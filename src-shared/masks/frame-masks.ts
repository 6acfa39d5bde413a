/**
 * Masks by frame. A clip has one mask; any of its frames may have a mask of its own beside it. They
 * are stored as changes between frames: a list of entries, each with a frame, a tag, and the pixels
 * that differ from the entry before, as packed run lengths; or the whole mask where that is shorter.
 * What an edit changes has the same form.
 */
import { MaskError } from './mask.ts'
import { isBlank, packedLength, packRuns, xorPacked } from './packed-runs.ts'

/**
 * Who made the mask of a frame: a person, a method that carried it on from another frame, or the variant
 * of the clip's mask that finds one for each frame.
 */
export type FrameSource = 'hand' | 'propagated' | 'automatic'

export interface FrameMask {
  source: FrameSource
  /** [pixels] as packed run lengths. */
  mask: Uint8Array
}

/** Masks of their own, by the frame's number in the clip, 0..T-1. */
export type FrameMasks = ReadonlyMap<number, FrameMask>

/** What an edit makes of a frame; null for a frame without a mask of its own. */
export interface FrameChange {
  before: FrameSource | null
  after: FrameSource | null
  /** Pixels that differ, packed; a frame without a mask of its own counts as blank. */
  change: Uint8Array
}
export type FrameChanges = ReadonlyMap<number, FrameChange>

/** What masks by frame belong to. */
export interface FrameShape {
  /** T, frames of the clip. */
  frames: number
  /** H * W. */
  pixels: number
}

interface Entry {
  frame: number
  tag: number
  mask: Uint8Array
}

const VERSION = 1
/** In this order they are numbered in tags, from 1; 0 is none. */
const SOURCES: readonly FrameSource[] = ['hand', 'propagated', 'automatic']
/** Distinguishes the two kinds of list, so that none is read as the other. */
const STATE = 1
const CHANGE = 2
/** Added to the tag of an entry that has its whole mask. */
const WHOLE = 16
/** Most bytes of one packed mask, and of all of a clip: a few bytes can ask for much. */
const MOST_MASK = 2 ** 20
const MOST_TOGETHER = 2 ** 26

/** @returns null where no frame has a mask of its own */
export function packFrames(masks: FrameMasks, shape: FrameShape): Uint8Array | null {
  const entries = sorted(masks).map(([frame, { source, mask }]) => {
    return { frame, tag: numberOf(source), mask }
  })
  return entries.length === 0 ? null : packEntries(STATE, entries, shape)
}

/** @throws MaskError when the bytes are damaged, or belong to a clip of another shape */
export function unpackFrames(bytes: Uint8Array | null, shape: FrameShape): FrameMasks {
  if (bytes === null) return new Map()
  return new Map(
    unpackEntries(STATE, bytes, shape).map(({ frame, tag, mask }) => {
      const source = sourceOf(tag)
      if (source === null) throw damaged(`frame ${frame} has no source`)
      return [frame, { source, mask }]
    }),
  )
}

/** @returns null where nothing changes */
export function packFrameChanges(changes: FrameChanges, shape: FrameShape): Uint8Array | null {
  const entries = sorted(changes).flatMap(([frame, { before, after, change }]) => {
    if (before === after && isBlank(change)) return []
    return { frame, tag: numberOf(before) + 4 * numberOf(after), mask: change }
  })
  return entries.length === 0 ? null : packEntries(CHANGE, entries, shape)
}

/** @throws MaskError as `unpackFrames` */
export function unpackFrameChanges(bytes: Uint8Array | null, shape: FrameShape): FrameChanges {
  if (bytes === null) return new Map()
  return new Map(
    unpackEntries(CHANGE, bytes, shape).map(({ frame, tag, mask }) => [
      frame,
      { before: sourceOf(tag % 4), after: sourceOf(Math.floor(tag / 4)), change: mask },
    ]),
  )
}

/** What makes the masks of `from` into those of `to`. */
export function changesBetween(from: FrameMasks, to: FrameMasks, pixels: number): FrameChanges {
  const blank = packRuns([pixels])
  const changes = new Map<number, FrameChange>()
  for (const frame of new Set([...from.keys(), ...to.keys()])) {
    const [before, after] = [from.get(frame), to.get(frame)]
    const change = xorPacked(before?.mask ?? blank, after?.mask ?? blank)
    if (before?.source === after?.source && isBlank(change)) continue
    changes.set(frame, { before: before?.source ?? null, after: after?.source ?? null, change })
  }
  return changes
}

/**
 * The masks after changes, or with `way` back as they were before.
 * @throws MaskError when a frame is not in the state that a change starts from
 */
export function changeFrames(
  masks: FrameMasks,
  changes: FrameChanges,
  pixels: number,
  way: 'on' | 'back' = 'on',
): FrameMasks {
  const blank = packRuns([pixels])
  const next = new Map(masks)
  for (const [frame, { before, after, change }] of changes) {
    const [from, to] = way === 'on' ? [before, after] : [after, before]
    const known = masks.get(frame)
    if ((known?.source ?? null) !== from) {
      throw new MaskError(`The mask of frame ${frame} is not the one that the change starts from.`)
    }
    const mask = xorPacked(known?.mask ?? blank, change)
    if (to !== null) next.set(frame, { source: to, mask })
    else next.delete(frame)
  }
  return next
}

/** The same masks with each one's pixels made anew, as when a video is turned. */
export function mapFrames(
  bytes: Uint8Array,
  shape: FrameShape,
  map: (mask: Uint8Array) => Uint8Array,
): Uint8Array {
  const kind = bytes[1]
  const entries = unpackEntries(kind, bytes, shape)
  return packEntries(
    kind,
    entries.map((entry) => ({ ...entry, mask: map(entry.mask) })),
    shape,
  )
}

/** Frames of the clip that bytes of either kind say they belong to; 0 where they say nothing. */
export function packedFrameCount(bytes: Uint8Array): number {
  return new Reader(bytes, 2).numberOr(0)
}

function packEntries(kind: number, entries: readonly Entry[], shape: FrameShape): Uint8Array {
  const { frames, pixels } = shape
  const parts: Uint8Array[] = [Uint8Array.of(VERSION, kind), packRuns([frames, pixels])]
  let last: Uint8Array | null = null
  for (const { frame, tag, mask } of entries) {
    const change = last && xorPacked(last, mask)
    const isWhole = !change || mask.length < change.length
    const pixels = isWhole ? mask : change
    parts.push(packRuns([frame, isWhole ? tag + WHOLE : tag, pixels.length]), pixels)
    last = mask
  }
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function unpackEntries(kind: number, bytes: Uint8Array, { frames, pixels }: FrameShape): Entry[] {
  if (bytes[0] !== VERSION || bytes[1] !== kind) throw damaged('they have another form')
  const reader = new Reader(bytes, 2)
  const [T, size] = [reader.number(), reader.number()]
  if (T !== frames || size !== pixels) {
    throw damaged(`they have ${T} frames of ${size} pixels, the clip ${frames} of ${pixels}`)
  }
  const entries: Entry[] = []
  let last = packRuns([pixels])
  let together = 0
  for (let before = -1; !reader.ended;) {
    const [frame, mark] = [reader.number(), reader.number()]
    const isWhole = mark >= WHOLE
    if (frame <= before || frame >= frames) throw damaged(`frame ${frame} is out of order`)
    const change = reader.bytes(reader.number())
    if (packedLength(change) !== pixels) throw damaged(`frame ${frame} has another size`)
    last = isWhole ? change : xorPacked(last, change)
    together += last.length
    if (last.length > MOST_MASK || together > MOST_TOGETHER) throw damaged('they are noise')
    entries.push({ frame, tag: isWhole ? mark - WHOLE : mark, mask: last })
    before = frame
  }
  return entries
}

/** Numbers as `packRuns` writes them, and bytes between them. */
class Reader {
  private readonly source: Uint8Array
  private at: number

  constructor(source: Uint8Array, at: number) {
    this.source = source
    this.at = at
  }

  get ended(): boolean {
    return this.at >= this.source.length
  }

  /** @throws MaskError when the bytes end within it, or it has more than 5 */
  number(): number {
    let value = 0
    for (let unit = 1; unit < 2 ** 35; unit *= 128) {
      if (this.ended) throw damaged('they end too early')
      const byte = this.source[this.at++]
      value += (byte % 128) * unit
      if (byte < 128) return value
    }
    throw damaged('a number is too long')
  }

  numberOr(other: number): number {
    try {
      return this.number()
    } catch (error) {
      if (error instanceof MaskError) return other
      throw error
    }
  }

  bytes(length: number): Uint8Array {
    const end = this.at + length
    if (end > this.source.length) throw damaged('they end too early')
    const found = this.source.slice(this.at, end)
    this.at = end
    return found
  }
}

function numberOf(source: FrameSource | null): number {
  return source === null ? 0 : SOURCES.indexOf(source) + 1
}

function sourceOf(number: number): FrameSource | null {
  if (number === 0) return null
  const source = SOURCES[number - 1]
  if (source === undefined) throw damaged(`a source has the number ${number}`)
  return source
}

function sorted<T>(frames: ReadonlyMap<number, T>): [number, T][] {
  return [...frames].sort(([a], [b]) => a - b)
}

function damaged(reason: string): MaskError {
  return new MaskError(`The stored masks by frame are damaged: ${reason}. Draw them again.`)
}
