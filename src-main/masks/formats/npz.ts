/**
 * NumPy .npz: a boolean array [H, W] a mask, `mask_000000` on, read when it is asked for; arrays
 * with a value a window (`path`, `start`, ...); where frames have masks of their own, those of all
 * frames, [T, H, W], as `frames_000000`; and `details`, a JSON text a window of what has no
 * array, end to end, with where each begins in `details_offset`.
 */
import { MaskError } from '#shared/masks/mask.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { ownFramesOf, readOwnFrames, shownFrames, type FrameRecord } from './frame-records.ts'
import { MOST_COLUMN_BYTES, MOST_FRAMES_BYTES, MOST_PIXELS } from './limits.ts'
import { decodeMask, decodeNpy, decodeNumbers, decodeTexts, encodeNpy, encodeTexts } from './npy.ts'
import {
  issuesOf,
  recordDetailsSchema,
  runsOfPixels,
  type MaskFormat,
  type MaskRecord,
  type MaskWriter,
  type ReadRow,
  type RecordDetails,
} from './record.ts'
import { NpzArchive } from './npz-archive.ts'
import { ZipWriter } from '../../base/files/zip-writer.ts'

/** Fields that have an array; others stand in `details`. */
const TEXTS = ['path', 'dataset', 'class', 'state'] as const
const NUMBERS = ['start', 'frames', 'stride', 'width', 'height'] as const
const READ_NUMBERS = [...NUMBERS, 'beta', 'details_offset'] as const
/** Bytes of an array's header, at most, beside those of its values. */
const HEADER = 65_548

export const npz: MaskFormat = {
  create: async (out) => new NpzWriter(await ZipWriter.create(out)),
  read: readNpz,
}

class NpzWriter implements MaskWriter {
  private readonly zip: ZipWriter
  private readonly texts: Record<(typeof TEXTS)[number], string[]>
  private readonly numbers: Record<(typeof NUMBERS)[number], number[]>
  private readonly betas: number[] = []
  private readonly details: Buffer[] = []

  constructor(zip: ZipWriter) {
    this.zip = zip
    this.texts = { path: [], dataset: [], class: [], state: [] }
    this.numbers = { start: [], frames: [], stride: [], width: [], height: [] }
  }

  async write(record: MaskRecord): Promise<boolean> {
    const { mask, fame, beta, length, notes, author, changedAt, origin, byFrame } = record
    const row = String(this.betas.length).padStart(6, '0')
    if (mask !== null) await this.zip.add(`mask_${row}.npy`, npyOf(mask, record))
    if (fame !== null) await this.zip.add(`fame_${row}.npy`, npyOf(fame, record))
    const ownFrames = ownFramesOf(byFrame)
    if (ownFrames) await this.zip.add(`frames_${row}.npy`, framesNpy(record))
    // NumPy's texts cannot tell none from an empty one.
    for (const key of TEXTS) this.texts[key].push(record[key] ?? '')
    for (const key of NUMBERS) this.numbers[key].push(record[key] ?? 0)
    this.betas.push(beta ?? NaN)
    const details = { length, notes, author, changedAt, origin, orientation: 'shown', ownFrames }
    this.details.push(Buffer.from(JSON.stringify(details)))
    return true
  }

  async end(): Promise<void> {
    for (const key of TEXTS) await this.zip.add(`${key}.npy`, encodeTexts(this.texts[key]))
    for (const key of NUMBERS) {
      await this.zip.add(`${key}.npy`, int64s(this.numbers[key]))
    }
    const betas = new Float64Array(this.betas)
    await this.zip.add('beta.npy', encodeNpy('<f8', [betas.length], bytesOf(betas)))
    const details = Buffer.concat(this.details)
    await this.zip.add('details.npy', encodeNpy('|u1', [details.length], details))
    let at = 0
    const offsets = [0, ...this.details.map(({ length }) => (at += length))]
    await this.zip.add('details_offset.npy', int64s(offsets))
    await this.zip.end()
  }

  abort(): Promise<void> {
    return this.zip.abort()
  }
}

function npyOf(runs: MaskRuns, { width, height }: MaskRecord): Buffer {
  return encodeNpy('|b1', [height!, width!], decodeRuns(runs, width! * height!))
}

/** All frames of a window, [T, H, W]: their own masks, else that of the clip. */
function framesNpy({ frames, mask, byFrame = [], width, height }: MaskRecord): Buffer {
  const pixels = width! * height!
  const data = new Uint8Array(frames * pixels)
  shownFrames(frames, mask!, byFrame).forEach((runs, t) =>
    decodeRuns(runs, pixels, data.subarray(t * pixels, (t + 1) * pixels)),
  )
  return encodeNpy('|b1', [frames, height!, width!], data)
}

function int64s(values: readonly number[]): Buffer {
  return encodeNpy('<i8', [values.length], bytesOf(BigInt64Array.from(values, BigInt)))
}

function bytesOf({ buffer }: Float64Array | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer)
}

/** Values of all windows, array by array; arrays that a file need not have may be missing. */
interface Columns {
  texts: Partial<Record<(typeof TEXTS)[number], string[]>>
  numbers: Partial<Record<(typeof NUMBERS)[number] | 'beta' | 'details_offset', number[]>>
  details: Buffer | null
}

async function* readNpz(file: string): AsyncGenerator<ReadRow, void, undefined> {
  const zip = await NpzArchive.open(file)
  try {
    const columns = await readColumns(zip, file)
    const rows = columns.texts.path?.length ?? 0
    for (let row = 0; row < rows; row++) {
      yield await windowRow(zip, columns, row)
    }
  } finally {
    await zip.close()
  }
}

/** @throws WorkbenchError when an array is damaged, or arrays differ in length */
async function readColumns(zip: NpzArchive, file: string): Promise<Columns> {
  for (const key of ['path', 'start', 'frames', 'stride']) {
    if (!zip.has(`${key}.npy`)) throw noMasks(file, `it has no array ${key}`)
  }
  checkColumns(zip, file)
  const columns: Columns = { texts: {}, numbers: {}, details: null }
  try {
    for (const key of TEXTS) {
      if (zip.has(`${key}.npy`)) columns.texts[key] = decodeTexts(await columnOf(zip, key))
    }
    for (const key of READ_NUMBERS) {
      if (zip.has(`${key}.npy`)) columns.numbers[key] = decodeNumbers(await columnOf(zip, key))
    }
    if (zip.has('details.npy')) columns.details = (await columnOf(zip, 'details')).data
  } catch (error) {
    if (error instanceof MaskError) throw noMasks(file, error.message)
    throw error
  }
  const { details_offset: offsets, ...others } = columns.numbers
  const lengths = Object.values({ ...columns.texts, ...others }).map(({ length }) => length)
  if (offsets) lengths.push(offsets.length - 1)
  if (new Set(lengths).size > 1) throw noMasks(file, 'its arrays differ in length')
  return columns
}

async function windowRow(zip: NpzArchive, columns: Columns, row: number): Promise<ReadRow> {
  const where = `window ${row}`
  const path = columns.texts.path?.[row] ?? null
  const { data, error } = recordDetailsSchema.safeParse(fieldsOf(columns, row))
  if (!data) return { where, path, fault: `${issuesOf(error)}.` }
  const name = String(row).padStart(6, '0')
  try {
    const mask = await maskAt(zip, `mask_${name}`)
    if (!mask) return { where, record: { ...data, mask: null, fame: null } }
    const { runs, ...size } = mask
    const fame = (await maskAt(zip, `fame_${name}`))?.runs ?? null
    const { ownFrames, ...details } = data
    const byFrame = await framesAt(zip, `frames_${name}`, { ...details, ...size, ownFrames })
    const frames = byFrame.length > 0 ? { byFrame } : {}
    return { where, record: { ...details, ...size, mask: runs, fame, ...frames } }
  } catch (thrown) {
    if (!(thrown instanceof MaskError || thrown instanceof WorkbenchError)) throw thrown
    return { where, path, fault: thrown.message }
  }
}

function fieldsOf({ texts, numbers, details }: Columns, row: number): Record<string, unknown> {
  const { details_offset: offsets, beta: betas, ...others } = numbers
  const own = details && offsets ? details.toString('utf8', offsets[row], offsets[row + 1]) : '{}'
  const pick = (columns: Record<string, unknown[]>) =>
    Object.entries(columns).map(([key, values]) => [key, values[row]] as const)
  const given = [...pick(texts), ...pick(others)].filter(([, value]) => value !== '' && value !== 0)
  const starts = others.start ? { start: others.start[row] } : {}
  const beta = betas === undefined || Number.isNaN(betas[row]) ? {} : { beta: betas[row] }
  return { ...parsedObject(own), ...Object.fromEntries(given), ...starts, ...beta }
}

function parsedObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** @throws WorkbenchError when the arrays together would take too much memory */
function checkColumns(zip: NpzArchive, file: string): void {
  const names = [...TEXTS, ...READ_NUMBERS, 'details']
  const bytes = names.reduce((sum, name) => sum + zip.sizeOf(`${name}.npy`), 0)
  if (bytes <= MOST_COLUMN_BYTES) return
  throw new WorkbenchError(
    `${file} has ${bytes} bytes in the arrays beside its masks; up to ${MOST_COLUMN_BYTES} are ` +
      'read. Split it into several files.',
  )
}

async function maskAt(zip: NpzArchive, name: string) {
  if (!zip.has(`${name}.npy`)) return null
  if (zip.sizeOf(`${name}.npy`) > MOST_PIXELS + HEADER) {
    throw new MaskError(`It has more than ${MOST_PIXELS} pixels. Scale it to its video's size.`)
  }
  const bytes = await zip.read(`${name}.npy`, MOST_PIXELS + HEADER)
  const { mask, height, width } = decodeMask(decodeNpy(bytes))
  return { runs: runsOfPixels(mask), height, width }
}

/** The masks that frames have of their own; where the file does not say which have one, all do. */
async function framesAt(
  zip: NpzArchive,
  name: string,
  { frames, height, width, ownFrames }: RecordDetails,
): Promise<FrameRecord[]> {
  if (!zip.has(`${name}.npy`)) return []
  const array = decodeNpy(await zip.read(`${name}.npy`, MOST_FRAMES_BYTES + HEADER))
  const isFit = array.shape.length === 3 && array.shape[0] === frames
  const pixels = (height ?? 0) * (width ?? 0)
  if (!isFit || array.data.length !== frames * pixels || array.isFortran) {
    throw new MaskError(
      `Its masks by frame are [${array.shape.join(', ')}]; expected [${frames}, ${height}, ${width}].`,
    )
  }
  const all = Array.from({ length: frames }, (_, t): [number, 'hand'] => [t, 'hand'])
  return readOwnFrames(ownFrames ?? all, frames, (t) =>
    runsOfPixels(array.data.subarray(t * pixels, (t + 1) * pixels)),
  )
}

async function columnOf(zip: NpzArchive, name: string) {
  return decodeNpy(await zip.read(`${name}.npy`, MOST_COLUMN_BYTES))
}

function noMasks(file: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    `${file} does not have masks in the form that the workbench writes: ${reason}. Export it again.`,
  )
}
