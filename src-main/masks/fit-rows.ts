import type { ImportOutcome, ImportRow } from '#shared/contract/mask-files.ts'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { clipSpan, startCount } from '#shared/fame/clip-window.ts'
import type { FoundVideo } from '../store/mask-transfer.ts'
import type { Store } from '../store/store.ts'
import { turnOldMask } from './stored-orientation.ts'
import type { PackedRecord, PackedRow } from './reading/reader-protocol.ts'

/** Frames by which programs differ in what they make of a video's end. */
const STRAY_FRAMES = 2

type WindowRow = Extract<PackedRow, { record: unknown }>

/** A row of a file held against the project. */
export interface FittedRow extends ImportRow {
  /** Null where the row does not fit. */
  record: PackedRecord | null
}

/** Why a row does not fit. */
class Misfit extends Error {
  readonly outcome: ImportOutcome

  constructor(outcome: ImportOutcome, message: string) {
    super(message)
    this.outcome = outcome
  }
}

/** Holds the rows of one file, one after the other, against what the project has. */
export class RowFitter {
  private readonly store: Store
  /** Data sets that videos are looked for in. */
  private readonly datasets: ReadonlyMap<number, Dataset>
  private readonly isNamed: boolean
  private readonly seen = new Map<string, string>()

  /**
   * @param datasetId the data set that all videos are of; without it each row names its own
   * @throws WorkbenchError when there is no such data set
   */
  constructor(store: Store, datasetId: number | undefined) {
    this.store = store
    this.isNamed = datasetId !== undefined
    const datasets =
      datasetId === undefined ? store.datasets.list() : [store.datasets.get(datasetId)]
    this.datasets = new Map(datasets.map((dataset) => [dataset.id, dataset]))
  }

  fit(row: PackedRow): FittedRow {
    const { where } = row
    const misfit = { where, window: null, record: null }
    if ('fault' in row) {
      return { ...misfit, outcome: row.outcome, path: row.path, message: row.fault }
    }
    const { path } = row.record
    const asRead = decided(row.record)
    if (carriesNothing(asRead)) {
      return { ...misfit, outcome: 'no-decision', path, message: null }
    }
    try {
      const video = this.videoOf(asRead)
      const turned = turnOldMask(asRead, video)
      const { record } = turned ?? { record: asRead }
      checkSize(record, video)
      const notes = [row.note, checkLength(row, video), turned?.note]
      const note = notes.filter((text) => typeof text === 'string').join(' ')
      const window = this.windowOf(record, video, where)
      const message = note === '' ? null : note
      return { where, outcome: this.compare(window, record), path, window, message, record }
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      return { ...misfit, outcome: error.outcome, path, message: error.message }
    }
  }

  /** @throws Misfit */
  private windowOf(record: PackedRecord, video: FoundVideo, where: string): ClipWindow {
    checkFrames(record, video)
    const { start, frames, stride } = record
    const key = [video.id, start, frames, stride].join(' ')
    const first = this.seen.get(key)
    if (first !== undefined) {
      throw new Misfit('duplicate', `It is the same clip as ${first}. Leave one of them out.`)
    }
    this.seen.set(key, where)
    return { videoId: video.id, start, frames, stride }
  }

  /** The one video that a record means. @throws Misfit when there is none, or several */
  private videoOf({ dataset, path }: PackedRecord): FoundVideo {
    const { maskTransfer } = this.store
    const known = ({ datasetId }: FoundVideo) => this.datasets.has(datasetId)
    // Others write `./a/b.avi`, or `a\\b.avi` on Windows.
    const plain = path.replaceAll('\\', '/').replace(/^(\.\/)+/, '')
    let found = maskTransfer.videosAt(path).filter(known)
    if (found.length === 0) found = maskTransfer.videosAt(plain).filter(known)
    if (found.length === 0) found = maskTransfer.videosNamed(plain).filter(known)
    const ofName = found.filter(({ datasetId }) => this.datasets.get(datasetId)?.name === dataset)
    if (!this.isNamed && ofName.length > 0) found = ofName
    if (found.length === 1) return found[0]
    if (found.length === 0) {
      const remedy = 'Index its data set.'
      throw new Misfit('unknown-video', `There is no video ${path} in the project. ${remedy}`)
    }
    const names = found.map(({ datasetId, path }) => `${datasetId}: ${path}`).join(', ')
    throw new Misfit(
      'ambiguous-video',
      `${path} is the path of several videos (${names}). Name the data set.`,
    )
  }

  private compare(window: ClipWindow, record: PackedRecord): ImportOutcome {
    const kept = this.store.masks.get(window)
    if (!kept || (kept.state === 'untouched' && kept.origin === null)) return 'new'
    const isSameDecision =
      kept.state === record.state && kept.notes === record.notes && kept.beta === record.beta
    if (!isSameDecision || !record.mask) return isSameDecision ? 'same' : 'replaces'
    const pixels = this.store.maskTransfer.leaving(kept.id)
    const isSame = (packed: Uint8Array | null | undefined, other: Uint8Array) =>
      packed ? Buffer.compare(packed, other) === 0 : false
    if (!isSame(pixels?.mask, record.mask)) return 'replaces'
    const [own, other] = [pixels?.framesPacked ?? null, record.byFrame]
    if (own && other ? !isSame(own, other) : own !== other) return 'replaces'
    return record.fame && !isSame(pixels?.fame, record.fame) ? 'replaces' : 'same'
  }
}

/** Only a mask can have been corrected. */
function decided(record: PackedRecord): PackedRecord {
  const isCorrected = record.state === 'corrected' && record.mask === null
  return isCorrected ? { ...record, state: 'untouched' } : record
}

function carriesNothing({ mask, state, notes, beta }: PackedRecord): boolean {
  return mask === null && state === 'untouched' && notes === '' && beta === null
}

/**
 * Compares how many frames the file says that the video has.
 * @returns what a person should check; null where there is nothing
 * @throws Misfit when the numbers of frames can only be right for another video
 */
function checkLength({ record, needsLength }: WindowRow, { frames }: FoundVideo): string | null {
  const { length } = record
  if (length === null || frames === null || length === frames) return null
  const fact = `The file lists ${length} frames of this video, which has ${frames}.`
  if (!needsLength || Math.abs(length - frames) <= STRAY_FRAMES) {
    return `${fact} Check that it is the same video.`
  }
  throw new Misfit(
    'wrong-length',
    `${fact} If frames were left out, name each picture by its frame's number, from 0.`,
  )
}

/** @throws Misfit when a mask is not of the video's size */
function checkSize({ mask, width, height }: PackedRecord, video: FoundVideo): void {
  if (!mask) return
  if (video.width === null || video.height === null) {
    throw new Misfit(
      'unreadable-video',
      `The size of ${video.path} is not known. ${remedyOf(video)}`,
    )
  }
  if (video.width === width && video.height === height) return
  throw new Misfit(
    'wrong-size',
    `The mask has ${width} x ${height} pixels, but the video is shown with ${video.width} x ${video.height}` +
      ' pixels. Rotate or scale the mask to that size without smoothing.',
  )
}

/** @throws Misfit when the clip does not lie in the video */
function checkFrames(record: PackedRecord, video: FoundVideo): void {
  if (video.frames === null) {
    throw new Misfit(
      'unreadable-video',
      `The frames of ${video.path} are not known. ${remedyOf(video)}`,
    )
  }
  if (record.start < startCount(record, video.frames)) return
  const last = record.start + clipSpan(record) - 1
  throw new Misfit(
    'outside-video',
    `The clip has the frames ${record.start} to ${last}, the video ${video.frames} frames. ` +
      'Check that the file belongs to this video, and that its frames are counted from 0.',
  )
}

function remedyOf({ error }: FoundVideo): string {
  return error === null ? 'Index its data set again.' : `It could not be read: ${error}`
}
